package dev.peer.cli.run;

import dev.peer.source.GitRepository;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Set;

/**
 * What a command comes to whatever it is told, begun on other threads while its options are read:
 * the words of the library for repositories, and the tables of the curve that nearly all
 * certificates use. Each takes a tenth of a second, and nothing that is decided depends on it.
 */
public final class HeadStart {

  /** The commands that read a repository and verify evidence, and are waited for. */
  private static final Set<String> COMMANDS = Set.of("run", "replay", "explain");

  private HeadStart() {}

  /** Begins for a command that gains by it. */
  public static void of(String... arguments) {
    if (arguments.length > 0 && COMMANDS.contains(arguments[0])) {
      Thread.ofPlatform().daemon().name("repositories").start(GitRepository::preload);
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
