const otherScripts =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Georgian}\p{Script=Lisu}\p{Script=Hebrew}\p{Script=Arabic}]|[\uff01-\uff5e]/u;
const latin = /\p{Script=Latin}/u;

/**
 * Words in which letters of two scripts stand together, or stand in for plain ones: they are made to look like others
 * (Unicode TR39).
 */
export function findMixedScriptWords(text: string): readonly string[] {
  const words = text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
  return [
    ...new Set(words.filter((word) => otherScripts.test(word) && (latin.test(word) || /[\uff01-\uff5e]/u.test(word)))),
  ];
}
