package dev.peer.pages;

import dev.peer.core.record.MalformedException;
import dev.peer.wire.PercentEncoding;
import java.util.HashMap;
import java.util.Map;

/** The query of a request, as forms of browsers write it. */
final class FormQuery {

  private static final int LONGEST = 4096;
  private static final int LAST_PAGE = 1_000_000;

  private final Map<String, String> fields = new HashMap<>();

  private FormQuery() {}

  /**
   * Reads it. The last of several fields of one name counts.
   *
   * @throws MalformedException if it is too long, or a value is not encoded as it should be
   */
  static FormQuery parse(String query) throws MalformedException {
    if (query.length() > LONGEST) {
      throw new MalformedException("query: at most " + LONGEST + " characters are read");
    }
    FormQuery read = new FormQuery();
    for (String field : query.split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        String value = PercentEncoding.decode(field.substring(equals + 1).replace("+", "%20"));
        read.fields.put(field.substring(0, equals), value.strip());
      }
    }
    return read;
  }

  /** A field's value; empty if there is no such field. */
  String text(String name) {
    return fields.getOrDefault(name, "");
  }

  /** The number of the page, from 1. */
  int page() throws MalformedException {
    String text = fields.getOrDefault("page", "1");
    if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > LAST_PAGE) {
      throw new MalformedException("query: page: a number from 1 was expected");
    }
    return Integer.parseInt(text);
  }
}
