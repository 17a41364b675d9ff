package dev.peer.core.pem;

import dev.peer.core.id.Printable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A block of a PEM text.
 *
 * @param label the words after BEGIN
 * @param line the line of BEGIN, from 1
 * @param bytes what it encodes; none where it is encrypted
 * @param encrypted whether it is encrypted, in the form before RFC 7468
 */
record PemBlock(String label, int line, byte[] bytes, boolean encrypted) {

  private static final int MOST_BLOCKS = 512;
  static final String BEGIN = "-----BEGIN ";
  static final String END = "-----END ";
  static final String DASHES = "-----";

  String in(String what) {
    return what + ": line " + line;
  }

  /** The blocks of a text, in their order. */
  static List<PemBlock> read(String what, String pem, int longest) throws CredentialException {
    if (pem.length() > longest) {
      throw tooLarge(what, longest);
    }
    List<PemBlock> blocks = new ArrayList<>();
    List<String> lines = unmarked(pem).lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      if (isBoundary(lines.get(i), BEGIN)) {
        if (blocks.size() == MOST_BLOCKS) {
          throw new CredentialException(
              what + ": more than " + MOST_BLOCKS + " PEM blocks", "is it the right file?");
        }
        int end = endOf(what, lines, i);
        blocks.add(block(what, lines, i, end));
        i = end;
      }
    }
    return blocks;
  }

  /** Without a byte order mark, as UTF-8 or as one character a byte. */
  private static String unmarked(String pem) {
    return pem.replaceFirst("^(?:\ufeff|\u00ef\u00bb\u00bf)", "");
  }

  private static int endOf(String what, List<String> lines, int begin) throws CredentialException {
    String end = END + lines.get(begin).substring(BEGIN.length());
    for (int i = begin + 1; i < lines.size(); i++) {
      if (lines.get(i).equals(end)) {
        return i;
      }
      if (lines.get(i).startsWith(DASHES)) {
        break;
      }
    }
    throw new CredentialException(
        what + ": line " + (begin + 1) + ": this block has no end",
        "the line " + Printable.of(end) + " is expected after it");
  }

  private static PemBlock block(String what, List<String> lines, int begin, int end)
      throws CredentialException {
    String first = lines.get(begin);
    String label = first.substring(BEGIN.length(), first.length() - DASHES.length());
    StringBuilder base64 = new StringBuilder();
    boolean encrypted = false;
    for (String line : lines.subList(begin + 1, end)) {
      if (line.indexOf(':') >= 0) {
        // A header of the form before RFC 7468.
        encrypted |= line.contains("ENCRYPTED");
      } else {
        base64.append(line);
      }
    }
    if (encrypted) {
      return new PemBlock(label, begin + 1, new byte[0], true);
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(base64.toString());
      return new PemBlock(label, begin + 1, bytes, false);
    } catch (IllegalArgumentException e) {
      throw new CredentialException(
          what + ": line " + (begin + 1) + ": the block after it is not Base64",
          "the block is damaged: get the file again");
    }
  }

  private static boolean isBoundary(String line, String start) {
    return line.startsWith(start)
        && line.endsWith(DASHES)
        && line.length() > start.length() + DASHES.length();
  }

  static CredentialException tooLarge(String what, int most) {
    return new CredentialException(
        what + ": too large", "at most " + (most >> 20) + " MiB are read; is it the right file?");
  }
}
