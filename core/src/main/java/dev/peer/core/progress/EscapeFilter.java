package dev.peer.core.progress;

import java.io.ByteArrayOutputStream;

/**
 * Makes a stream of bytes harmless to the terminal that shows it.
 *
 * <p>Left as it is: UTF-8 text, tab, line feed, carriage return, colours and the like (SGR, {@code
 * ESC [ ... m}), and erasing to the line's end, which many tools send with a colour. Every other
 * control is shown in caret notation, as {@code cat -v} does, and so does nothing: {@code ^[} is an
 * escape, {@code ^G} a bell. A C1 control, U+0080 to U+009F, is shown as the escape it stands for.
 * Bytes that are no UTF-8 become U+FFFD each; an 8-bit terminal could take them for controls.
 *
 * <p>Its output never ends within a character or a sequence: two filtered streams can share a
 * terminal, and their pieces form no new sequence. A sequence that is cut at the end of one call
 * continues in the next. Not for several threads at once.
 */
public final class EscapeFilter {

  /** More than any colour takes; a longer sequence is not believed. */
  private static final int LONGEST = 64;

  private static final int ESC = 0x1b;
  private static final int DEL = 0x7f;
  private static final int FIRST_AFTER_C1 = 0xa0;
  private static final int CARET = 0x40;
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
  private static final byte[] PLAIN = {ESC, '[', 'm'};

  private final byte[] held = new byte[LONGEST];
  private int heldLength;
  private State state = State.TEXT;
  private int continuationsLeft;
  private int nextLowest;
  private int nextHighest;
  private boolean styled;

  /** The bytes held back. */
  private enum State {
    /** Nothing. */
    TEXT,
    /** The beginning of a character of several bytes. */
    CHARACTER,
    /** An escape. */
    ESCAPE,
    /** An escape, a bracket and parameters such as those of a colour. */
    SEQUENCE
  }

  /** Returns the harmless form of the next bytes. */
  public byte[] filter(byte[] buffer, int offset, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + LONGEST);
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int plain = at;
      while (state == State.TEXT && plain < end && isPlain(buffer[plain])) {
        plain++;
      }
      out.write(buffer, at, plain - at);
      at = plain;
      if (at < end) {
        next(buffer[at++] & 0xff, out);
      }
    }
    return out.toByteArray();
  }

  /** Returns the harmless form of the bytes held back, at the end of the stream. */
  public byte[] end() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    giveUp(out);
    return out.toByteArray();
  }

  /** Whether a colour or the like is in force. */
  public boolean isStyled() {
    return styled;
  }

  /** The sequence that ends an active colour or style; empty if none is active. */
  public byte[] endStyle() {
    byte[] end = styled ? PLAIN.clone() : new byte[0];
    styled = false;
    return end;
  }

  private void next(int one, ByteArrayOutputStream out) {
    switch (state) {
      case TEXT -> text(one, out);
      case CHARACTER -> character(one, out);
      case ESCAPE -> {
        if (one == '[') {
          hold(one, State.SEQUENCE);
        } else {
          giveUp(out);
          text(one, out);
        }
      }
      case SEQUENCE -> sequence(one, out);
    }
  }

  private void text(int one, ByteArrayOutputStream out) {
    if (one == ESC) {
      hold(one, State.ESCAPE);
    } else if (one < 0x80) {
      show(one, out);
    } else {
      lead(one, out);
    }
  }

  /** The first byte of a character says how many follow; the second one's range keeps it unique. */
  private void lead(int one, ByteArrayOutputStream out) {
    if (one < 0xc2 || one > 0xf4) {
      out.writeBytes(REPLACEMENT);
      return;
    }
    continuationsLeft = one < 0xe0 ? 1 : one < 0xf0 ? 2 : 3;
    nextLowest = one == 0xe0 ? 0xa0 : one == 0xf0 ? 0x90 : 0x80;
    nextHighest = one == 0xed ? 0x9f : one == 0xf4 ? 0x8f : 0xbf;
    hold(one, State.CHARACTER);
  }

  private void character(int one, ByteArrayOutputStream out) {
    if (one < nextLowest || one > nextHighest) {
      giveUp(out);
      text(one, out);
      return;
    }
    hold(one, State.CHARACTER);
    nextLowest = 0x80;
    nextHighest = 0xbf;
    continuationsLeft--;
    if (continuationsLeft > 0) {
      return;
    }
    if ((held[0] & 0xff) == 0xc2 && one < FIRST_AFTER_C1) {
      show(ESC, out);
      out.write(one - CARET);
    } else {
      out.write(held, 0, heldLength);
    }
    release();
  }

  private void sequence(int one, ByteArrayOutputStream out) {
    if (one >= '0' && one <= ';' && heldLength < LONGEST) {
      hold(one, State.SEQUENCE);
      return;
    }
    boolean style = one == 'm';
    boolean erasesToLineEnd = one == 'K' && hasNoParameter();
    if (!style && !erasesToLineEnd) {
      giveUp(out);
      text(one, out);
      return;
    }
    if (style) {
      styled = !hasNoParameter();
    }
    out.write(held, 0, heldLength);
    out.write(one);
    release();
  }

  /** None, or 0, which is the same. */
  private boolean hasNoParameter() {
    return heldLength == 2 || (heldLength == 3 && held[2] == '0');
  }

  private void hold(int one, State next) {
    held[heldLength++] = (byte) one;
    state = next;
  }

  private void release() {
    heldLength = 0;
    state = State.TEXT;
  }

  private void giveUp(ByteArrayOutputStream out) {
    if (state == State.CHARACTER) {
      out.writeBytes(REPLACEMENT);
    } else {
      for (int i = 0; i < heldLength; i++) {
        show(held[i], out);
      }
    }
    release();
  }

  private static void show(int ascii, ByteArrayOutputStream out) {
    if (isPlain((byte) ascii)) {
      out.write(ascii);
    } else {
      out.write('^');
      out.write(ascii ^ CARET);
    }
  }

  /** ASCII that is shown, or moves on in its line, to its begin or to the next. */
  private static boolean isPlain(byte one) {
    return (one >= ' ' && one < DEL) || one == '\n' || one == '\r' || one == '\t';
  }
}
