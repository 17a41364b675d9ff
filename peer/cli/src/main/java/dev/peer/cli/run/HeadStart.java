package dev.peer.cli.run;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Set;

/**
 * What a command comes to whatever it is told, begun on another thread while its options are read:
 * the tables of the curve that nearly all certificates use. They take a tenth of a second, and
 * nothing that is decided depends on them.
 */
public final class HeadStart {

  /** The commands that verify evidence, and are waited for. */
  private static final Set<String> COMMANDS = Set.of("run", "replay", "explain");

  private HeadStart() {}

  /** Begins for a command that gains by it. */
  public static void of(String... arguments) {
    if (arguments.length > 0 && COMMANDS.contains(arguments[0])) {
      Thread.ofPlatform().daemon().name("curve").start(HeadStart::makeCurve);
    }
  }

  private static void makeCurve() {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
      keys.initialize(256);
      var _ = keys.generateKeyPair();
    } catch (GeneralSecurityException e) {
      // Whoever needs the curve says so.
      return;
    }
  }
}
