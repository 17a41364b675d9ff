package dev.peer.wire;

import dev.peer.core.record.MalformedException;

/**
 * The query of an announcement: {@code [instance=ID][&state=running|failed|passed]}, in this order.
 *
 * @param instance {@link InstanceId#SOLE} where none is given
 * @param state {@link ResultState#PASSED} where none is given
 */
public record AnnouncementQuery(InstanceId instance, ResultState state) {

  private static final String STATE = "state=";

  /** As it goes behind a path, with its question mark. */
  public String text() {
    return state == ResultState.PASSED
        ? instance.query()
        : instance.query() + "&" + STATE + state.text();
  }

  /** Reads the query of a request, without its question mark. */
  public static AnnouncementQuery parse(String query) throws MalformedException {
    int and = query.indexOf('&');
    boolean alone = query.startsWith(STATE);
    if (and < 0 && !alone) {
      return new AnnouncementQuery(InstanceId.ofQuery(query), ResultState.PASSED);
    }
    String instance = alone ? "" : query.substring(0, and);
    String state = query.substring(alone ? 0 : and + 1);
    if (and == 0 || !state.startsWith(STATE)) {
      throw new MalformedException(
          "query: instance=ID, state=STATE or both expected, with & between them");
    }
    try {
      return new AnnouncementQuery(
          InstanceId.ofQuery(instance), ResultState.parse(state.substring(STATE.length())));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("query: " + e.getMessage(), e);
    }
  }
}
