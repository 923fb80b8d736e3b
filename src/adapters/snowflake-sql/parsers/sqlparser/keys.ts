/**
 * Every node and field of sqlparser's tree that we know to be a plain container of others. What is neither here nor handled by
 * name in `nodes.ts` makes the statement not understood. Words (operators, units) stand in the tree as plain strings.
 */
export const containers: ReadonlySet<string> = new Set([
  // queries
  'Query', 'Select', 'Values', 'SetOperation', 'body', 'left', 'right', 'op', 'set_quantifier', 'projection', 'UnnamedExpr', 'ExprWithAlias',
  'distinct', 'top', 'quantity', 'Constant', 'Expr', 'with_ties', 'percent', 'from', 'selection', 'group_by', 'Expressions', 'having', 'qualify',
  'flavor', 'order_by', 'kind', 'options', 'asc', 'nulls_first', 'limit_clause', 'LimitOffset', 'limit', 'offset', 'rows', 'fetch',
  'connect_by', 'StartWith', 'ConnectBy', 'relationships', 'nocycle', 'condition', 'content', 'explicit_row', 'value_keyword', 'All', 'all',
  'window_before_qualify', 'named_window', 'NamedWindow', 'window_name', 'top_before_distinct', 'Distinct', 'On', 'interpolate',
  // relations
  'relation', 'joins', 'join_operator', 'Join', 'Inner', 'Left', 'LeftOuter', 'Right', 'RightOuter', 'FullOuter', 'CrossJoin', 'AsOf',
  'match_condition', 'constraint', 'Using', 'Natural', 'global', 'alias', 'explicit', 'columns', 'name', 'Derived', 'lateral', 'subquery', 'NestedJoin',
  'table_with_joins', 'table', 'sample', 'AfterTableAlias', 'BeforeTableAlias', 'modifier', 'parenthesized', 'unit', 'seed',
  'Pivot', 'aggregate_functions', 'value_column', 'value_source', 'List', 'Subquery', 'Any', 'default_on_null', 'Unpivot', 'value', 'columns',
  'null_inclusion', 'MatchRecognize', 'partition_by', 'measures', 'rows_per_match', 'AllRows', 'after_match_skip', 'ToLast', 'ToFirst', 'pattern',
  'symbols', 'symbol', 'definition', 'Symbol', 'Named', 'Concat', 'Repetition', 'Exactly', 'AtLeast', 'AtMost', 'Range', 'Group', 'Alternation',
  'Start', 'End', 'Exclude', 'Permute', 'Changes', 'changes', 'at',
  // expressions
  'expr', 'Value', 'Number', 'SingleQuotedString', 'DollarQuotedString', 'HexStringLiteral', 'Boolean', 'Null', 'Placeholder', 'quote_style',
  'tag', 'Nested', 'BinaryOp', 'UnaryOp', 'operator', 'Cast', 'data_type', 'format', 'array', 'Case', 'operand', 'conditions', 'result', 'else_result',
  'Between', 'low', 'high', 'InList', 'list', 'InSubquery', 'negated', 'Exists', 'IsNull', 'IsNotNull', 'IsTrue', 'IsNotTrue', 'IsFalse', 'IsNotFalse',
  'IsDistinctFrom', 'IsNotDistinctFrom', 'Like', 'ILike', 'RLike', 'any', 'escape_char', 'regexp', 'AnyOp', 'AllOp', 'compare_op', 'is_some',
  'Tuple', 'Array', 'elem', 'named', 'Dictionary', 'key', 'JsonAccess', 'path', 'Dot', 'Bracket', 'quoted', 'CompoundFieldAccess', 'root', 'access_chain', 'Subscript',
  'Index', 'index', 'Interval', 'leading_field', 'last_field', 'TypedString', 'uses_odbc_syntax', 'AtTimeZone', 'timestamp', 'time_zone', 'Collate', 'collation', 'Prior', 'OuterJoin',
  'Prefixed', 'prefix', 'Lambda', 'params', 'One', 'Many', 'syntax', 'Wildcard', 'QualifiedWildcard', 'WildcardWithOptions', 'ObjectName', 'opt_exclude', 'opt_rename',
  'opt_replace', 'opt_ilike', 'Single', 'Multiple', 'items', 'column_name', 'as_keyword', 'ident', 'GroupingSets', 'Rollup', 'Cube',
  'args', 'parameters', 'Unnamed', 'arg', 'clauses', 'duplicate_treatment', 'OrderBy', 'IgnoreOrRespectNulls', 'null_treatment', 'within_group', 'filter', 'over',
  'WindowSpec', 'window_frame', 'units', 'start_bound', 'end_bound', 'Preceding', 'Following', 'field', 'DateTimeField', 'special', 'shorthand',
  'substring_from', 'substring_for', 'trim_where', 'trim_what', 'trim_characters', 'in', 'Scale', 'Week', 'end',
  // changes and definitions
  'source', 'values', 'multi_table_into_clauses', 'multi_table_when_clauses', 'multi_table_else_clause', 'into_clauses', 'assignments', 'target', 'ColumnName',
  'AfterSet', 'using', 'on', 'clause_kind', 'predicate', 'query', 'option', 'NotNull', 'PrimaryKey', 'Unique', 'Default',
  'characteristics', 'AddColumn', 'column_keyword', 'column_def', 'if_not_exists', 'DropColumn', 'has_column_keyword', 'column_names', 'RenameColumn',
  'old_column_name', 'new_column_name', 'AlterColumn', 'SetDataType', 'had_set', 'SetDefault', 'AddConstraint', 'DropConstraint', 'ClusterBy', 'exprs', 'Comment',
  'constraints', 'SpaceSeparated', 'CommaSeparated', 'DropDefault', 'DropNotNull', 'SetNotNull', 'column', 'index_type_display', 'cluster_by', 'Parentheses', 'drop_behavior', 'table_options', 'Plain',
  // data types
  'Varchar', 'IntegerLength', 'length', 'Decimal', 'Numeric', 'Number', 'PrecisionAndScale', 'Precision', 'Float', 'Char', 'Time', 'Timestamp', 'TimestampNtz',
  'Datetime', 'Custom', 'AngleBracket', 'Parenthesis', 'Int', 'Integer', 'BigInt', 'SmallInt', 'TinyInt', 'Binary', 'Varbinary', 'CharacterVarying', 'CharVarying', 'Character', 'Nvarchar', 'String', 'Double',
]);
