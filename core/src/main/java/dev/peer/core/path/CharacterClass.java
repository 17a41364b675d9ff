package dev.peer.core.path;

import java.util.Locale;
import java.util.function.IntPredicate;

/** A named class of ASCII characters, such as {@code [:alpha:]}, as git knows it. */
enum CharacterClass {
  ALNUM(one -> isLetter(one) || isDigit(one)),
  ALPHA(CharacterClass::isLetter),
  BLANK(one -> one == ' ' || one == '\t'),
  CNTRL(one -> one < ' ' || one == 0x7F),
  DIGIT(CharacterClass::isDigit),
  GRAPH(one -> one > ' ' && one < 0x7F),
  LOWER(one -> one >= 'a' && one <= 'z'),
  PRINT(one -> one >= ' ' && one < 0x7F),
  PUNCT(one -> one > ' ' && one < 0x7F && !isLetter(one) && !isDigit(one)),
  SPACE(one -> one == ' ' || one == '\t' || one == '\n' || one == '\r'),
  UPPER(one -> one >= 'A' && one <= 'Z'),
  XDIGIT(one -> isDigit(one) || (one >= 'a' && one <= 'f') || (one >= 'A' && one <= 'F'));

  private final IntPredicate members;

  CharacterClass(IntPredicate members) {
    this.members = members;
  }

  /** The class that is named so, or null. */
  static CharacterClass named(String name) {
    for (CharacterClass known : values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(name)) {
        return known;
      }
    }
    return null;
  }

  boolean holds(int one) {
    return members.test(one);
  }

  private static boolean isLetter(int one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
  }

  private static boolean isDigit(int one) {
    return one >= '0' && one <= '9';
  }
}
