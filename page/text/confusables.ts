import { splitCharacters } from './visible-text.js';

/**
 * Letters of other scripts beside the ASCII letter that they cannot be told from by eye: the part of Unicode's
 * confusables (UTS #39) that can spell a name in ASCII.
 */
const confusablePairs = [
  // Cyrillic
  'аa вb сc ԁd еe һh іi јj ӏl оo рp ԛq ѕs ѵv ԝw хx уy үy АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ԚQ ЅS ТT ѴV ԜW ХX УY ҮY ӀI',
  // Greek
  'αa γy ιi κk νv οo ρp σo τt υu χx ωw ΑA ΒB ΕE ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ΖZ',
  // Armenian, Cherokee, Hebrew
  'օo սu հh ոn ցg զq ԼL ՍU ՏS ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᏃZ סo וl ןl',
  // Latin itself, beyond ASCII
  'ɑa ɡg ıi ȷj ɩi ʟL ɪI ᴀA ʙB ᴄc ᴅD ᴇE ɢG ʜH ᴊJ ᴋK ᴍM ɴN ᴏo ᴘP ʀR ꜱs ᴛT ᴜu ᴠv ᴡw ʏY ᴢz ǀl ƖI ƽs',
]
  .join(' ')
  .split(' ');

const asciiByConfusable: ReadonlyMap<string, string> = new Map(
  confusablePairs.map((pair) => splitCharacters(pair) as [string, string]),
);

/** The ASCII word that this one would be taken for; undefined where there is none, or it is that word. */
export function findAsciiLookalike(word: string): string | undefined {
  const plain = splitCharacters(word.normalize('NFKC'))
    .map((char) => asciiByConfusable.get(char) ?? char)
    .join('');
  return plain !== word && /^[\x20-\x7e]+$/.test(plain) ? plain : undefined;
}
