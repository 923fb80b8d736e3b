/**
 * Every node and field of polyglot's tree that we know to be a plain container of others. What is neither here, nor handled by
 * name in `nodes.ts`, nor an identifier or a relation, makes the statement not understood.
 */
export const containers: ReadonlySet<string> = new Set([
  // queries
  'select', 'union', 'intersect', 'except', 'subquery', 'values', 'expressions', 'from', 'joins', 'where_clause', 'group_by', 'having',
  'qualify', 'order_by', 'limit', 'offset', 'fetch', 'direction', 'top', 'distinct', 'all', 'by_name', 'windows', 'spec', 'connect', 'start', 'lateral',
  'table', 'alias', 'alias_explicit_as', 'alias_columns', 'column_aliases', 'alias_keyword', 'columns', 'totals', 'nocycle', 'rows', 'count', 'percent', 'qualify_after_window',
  'with_ties', 'corresponding', 'strict', 'modifiers_inside', 'join', 'joined_table', 'left', 'right', 'on', 'using', 'kind', 'nesting_group',
  'match_condition', 'use_inner_keyword', 'use_outer_keyword', 'directed', 'deferred_condition', 'from_first', 'paren', 'tuple', 'query', 'is_top', 'parenthesized',
  // relations with clauses
  'table_sample', 'sample', 'method', 'size', 'seed', 'unit_after_size', 'use_sample_keyword', 'use_seed_keyword', 'explicit_method',
  'method_before_size', 'changes', 'information', 'at_before', 'pivot', 'unpivot', 'fields', 'pivot_any', 'pivot_alias', 'value_column',
  'name_column', 'default_on_null', 'include_nulls', 'match_recognize', 'partition_by', 'measures', 'define', 'after', 'window_frame',
  'ToLast', 'ToFirst', 'Table', 'value_columns', 'columns_aliases',
  // expressions
  'this', 'expression', 'star', 'braced_wildcard', 'rename', 'literal', 'literal_type', 'value', 'boolean', 'null', 'parameter', 'placeholder', 'index', 'style',
  'cast', 'try_cast', 'to', 'double_colon_syntax', 'case', 'operand', 'whens', 'else_', 'and', 'or', 'not', 'eq', 'neq', 'lt', 'lte', 'gt',
  'gte', 'add', 'sub', 'mul', 'div', 'mod', 'neg', 'concat', 'between', 'low', 'high', 'in', 'substr', 'exists', 'is_null', 'is_true', 'is_false',
  'like', 'i_like', 'escape', 'quantifier', 'regexp_like', 'any', 'op', 'null_safe_eq', 'null_safe_neq', 'interval', 'unit',
  'at_time_zone', 'zone', 'collation', 'quoted', 'subscript', 'map_func', 'keys', 'curly_brace_syntax', 'array_func', 'bracket_notation', 'field',
  'j_s_o_n_extract', 'variant_extract', 'prior', 'connect_by_root', 'lambda', 'parameters', 'body', 'parameter_types', 'var', 'identifier',
  'named_argument', 'separator', 'window_function', 'within_group', 'over', 'frame', 'window_name', 'end', 'kind_text', 'start_side_text',
  'end_side_text', 'Preceding', 'Following', 'desc', 'explicit_asc', 'nulls_first', 'ignore_nulls', 'filter', 'default', 'args',
  'from_for_syntax', 'pattern', 'symmetric', 'no_parens', 'annotated', 'position', 'characters', 'sql_standard_syntax', 'position_explicit', 'default_value', 'negated', 'is_is_not', 'flags', 'ordered',
  // changes and definitions
  'conditional_insert', 'source', 'set', 'from_clause', 'from_joins', 'matched', 'condition', 'then', 'as_select', 'clone_source', 'constraints',
  'constraint_order', 'primary_key', 'unique', 'nullable', 'References', 'references', 'ForeignKey', 'modifiers', 'Like', 'PrimaryKey', 'Unique',
  'AddColumn', 'column_def', 'DropColumn', 'RenameColumn', 'AlterColumn', 'action', 'SetDataType', 'SetDefault', 'AddConstraint', 'DropConstraint', 'ClusterBy',
  'if_exists', 'if_not_exists', 'old_name', 'new_name', 'comment', 'Comment', 'NotNull', 'auto_increment', 'has_constraint_keyword', 'columns_parenthesized', 'on_delete', 'on_update', 'match_type',
  'properties', 'query_parenthesized', 'as_select_parenthesized',
  // data types
  'data_type', 'length', 'precision', 'scale', 'timezone', 'element_type', 'dimension', 'integer_spelling', 'Custom', 'name', 'key_type', 'value_type',
]);

/** Fields that hold a word instead of a node: an operator, a unit, an alias, the text of a literal. */
export const words: ReadonlySet<string> = new Set([
  'literal_type', 'value', 'kind', 'separator', 'alias', 'alias_keyword', 'column_aliases', 'alias_columns', 'data_type', 'field', 'unit', 'quantifier', 'op', 'style',
  'start', 'end', 'kind_text', 'start_side_text', 'end_side_text', 'direction', 'method', 'rows', 'after', 'window_frame', 'collation',
  'Custom', 'position', 'name', 'constraint_order', 'comment', 'on_delete', 'on_update', 'match_type', 'action', 'Comment', 'index', 'fields',
]);
