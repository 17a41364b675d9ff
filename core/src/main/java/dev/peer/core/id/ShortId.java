package dev.peer.core.id;

/** The beginning of an id, by which people tell it from others. */
public final class ShortId {

  private static final int LENGTH = 12;

  private ShortId() {}

  /** The first 12 characters of an id or of a revision's name, or all if there are fewer. */
  public static String of(String id) {
    return id.substring(0, Math.min(LENGTH, id.length()));
  }
}
