package dev.peer.core.secret;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The patterns to search for a value: pure functions. */
final class SecretForms {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final int BITS = 6;
  private static final int GROUP = 3;

  private SecretForms() {}

  /** The value without blanks around it, and each line of it that is long enough, likewise. */
  static List<byte[]> parts(SecretValue value) {
    Set<String> parts = new LinkedHashSet<>();
    parts.add(value.reveal().strip());
    value.reveal().lines().map(String::strip).forEach(parts::add);
    return parts.stream()
        .map(part -> part.getBytes(StandardCharsets.UTF_8))
        .filter(part -> part.length >= SecretValue.SHORTEST)
        .toList();
  }

  /**
   * The base64 characters of a part at any position of a text, in the standard alphabet: for each
   * of the three alignments the characters that the part alone decides. The last character, of
   * which it decides some bits, comes in all its possible values, and with the padding for a text
   * that ends with the part.
   */
  static void base64(byte[] part, Consumer<byte[]> forms) {
    for (int before = 0; before < GROUP; before++) {
      byte[] text = new byte[before + part.length];
      System.arraycopy(part, 0, text, before, part.length);
      String encoded = Base64.getEncoder().encodeToString(text);
      int first = (Byte.SIZE * before + BITS - 1) / BITS;
      int whole = Byte.SIZE * text.length / BITS;
      String core = encoded.substring(first, whole);
      forms.accept(ascii(core));
      int open = BITS * (whole + 1) - Byte.SIZE * text.length;
      if (open < BITS) {
        int known = ALPHABET.indexOf(encoded.charAt(whole));
        for (int rest = 0; rest < 1 << open; rest++) {
          forms.accept(ascii(core + ALPHABET.charAt(known + rest)));
        }
        forms.accept(ascii(encoded.substring(first)));
      }
    }
  }

  /** The part as the percent-encoding's view shows it, where plus and blank are one. */
  static byte[] plusAsBlank(byte[] part) {
    byte[] form = part.clone();
    for (int i = 0; i < form.length; i++) {
      form[i] = form[i] == '+' ? (byte) ' ' : form[i];
    }
    return form;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
