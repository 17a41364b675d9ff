package dev.peer.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * A parser of bytes from outside.
 *
 * @param name what it reads
 * @param refusals how it refuses, by its contract: everything else that it throws is a fault
 * @param check parses, and throws an {@link AssertionError} where a promise does not hold
 * @param seeds bytes that it takes
 */
record Parser(
    String name, Set<Class<? extends Exception>> refusals, Check check, List<byte[]> seeds) {

  /** Parses bytes, and sees whether the outcome is as promised. */
  @FunctionalInterface
  interface Check {

    void on(byte[] bytes) throws Exception;
  }

  static Parser of(
      String name, Class<? extends Exception> refusal, Check check, List<byte[]> seeds) {
    return new Parser(name, Set.of(refusal), check, seeds);
  }

  /** Whether the bytes were taken; refused ones must have been so by the contract. */
  boolean takes(byte[] bytes) {
    try {
      check.on(bytes);
      return true;
    } catch (Exception e) {
      if (!refusals.contains(e.getClass())) {
        throw new AssertionError(name + " threw " + e, e);
      }
      require(fitsOneLine(e.getMessage()), "a message of one line, not: " + e.getMessage());
      return false;
    }
  }

  /** Fails unless a promise holds. */
  static void require(boolean holds, String promise) {
    if (!holds) {
      throw new AssertionError("promised: " + promise);
    }
  }

  /** The text of a seed as bytes. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean fitsOneLine(String message) {
    return message != null && message.chars().noneMatch(Character::isISOControl);
  }

  @Override
  public String toString() {
    return name;
  }
}
