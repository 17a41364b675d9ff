package dev.peer.vm.guest;

import dev.peer.core.id.Printable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** The lines that host and guest exchange: bounded, and each of the guest's begins with a nonce. */
final class ControlPort {

  private static final int LONGEST_LINE = 1 << 16;

  private final SocketChannel channel;
  private final InputStream answers;
  private final String nonce;

  /** Takes a connection, which stays the caller's to close. */
  ControlPort(SocketChannel channel, String nonce) {
    this.channel = channel;
    this.answers = new BufferedInputStream(Channels.newInputStream(channel));
    this.nonce = nonce;
  }

  /** 32 hexadecimal digits that no other guest has. */
  static String newNonce() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The nonce at the start of every line of the guest. */
  String nonce() {
    return nonce;
  }

  /** Sends a verb, which the guest repeats when it has done it. */
  void command(String verb) throws IOException, GuestException {
    send(verb);
    String answer = receive();
    if (!answer.equals(verb)) {
      throw new GuestException("it answers " + Printable.of(answer) + " to " + verb);
    }
  }

  /** Sends a line. */
  synchronized void send(String line) throws IOException, GuestException {
    if (line.length() >= LONGEST_LINE) {
      throw new GuestException(
          "a value of " + line.length() + " characters is too long for its control port");
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new GuestException("its control port is closed", e);
    }
  }

  /** The next line, without the nonce that it must begin with. */
  String receive() throws GuestException {
    StringBuilder line = new StringBuilder();
    try {
      for (int c = answers.read(); c != '\n'; c = answers.read()) {
        if (c < 0) {
          throw new GuestException("it broke off");
        }
        if (line.length() == LONGEST_LINE) {
          throw new GuestException("it sends a line without end");
        }
        line.append((char) c);
      }
    } catch (IOException e) {
      throw new GuestException("its control port is closed", e);
    }
    String prefix = nonce + " ";
    if (!line.toString().startsWith(prefix)) {
      throw new GuestException(
          "it sends a line without the nonce: " + Printable.of(line.toString()));
    }
    return line.substring(prefix.length());
  }

  /** Waits for no more answers: a stage whose output nobody reads may never end. */
  void giveUp() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
      return;
    }
  }

  /** A value as one field of a line. */
  static String encoded(String value) {
    return encoded(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Like {@link #encoded(String)}, for bytes. */
  static String encoded(byte[] value) {
    return value.length == 0 ? "-" : Base64.getEncoder().encodeToString(value);
  }

  /** The value of a field. */
  static String decoded(String field) throws GuestException {
    try {
      return field.equals("-")
          ? ""
          : new String(Base64.getDecoder().decode(field), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new GuestException("it sends invalid base64: " + Printable.of(field), e);
    }
  }
}
