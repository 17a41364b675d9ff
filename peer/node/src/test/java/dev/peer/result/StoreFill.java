package dev.peer.result;

import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.identity.Identities;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Fills a store with signed results that nobody ran. Started by examples/bench/growth. */
final class StoreFill {

  /** As many as a store keeps of a repository's target unless told otherwise. */
  private static final int OF_A_REPOSITORY = 100;

  private StoreFill() {}

  /** Takes the store, and the numbers of the first result and of the one behind the last. */
  public static void main(String[] arguments) throws Exception {
    Identities identities =
        Identities.of(
            PeerSettings.of(Settings.of(System.getenv())),
            System.err::println,
            CertificateRole.SIGNER);
    Store store = Store.open(Path.of(arguments[0]), OF_A_REPOSITORY);
    for (int each = Integer.parseInt(arguments[1]); each < Integer.parseInt(arguments[2]); each++) {
      try (ScratchDirectory scratch = store.stage()) {
        SignedRuns.Result result =
            SignedRuns.make(
                inputs(each), "ok\n", identities.credentials(), scratch.path().resolve("made"));
        store
            .keep(
                SignedRuns.verified(
                    result, identities.verifier(), scratch.path().resolve("unpacked")))
            .close();
      }
    }
  }

  private static RunInputs inputs(int number) {
    RunInputs some = SignedRuns.inputs("growth");
    return new RunInputs(
        new RepoId("git.example.org/growth/" + number / OF_A_REPOSITORY),
        new TreeId("%040x".formatted(number)),
        Optional.empty(),
        some.target(),
        List.of(),
        some.environment(),
        some.image(),
        some.architecture(),
        some.network());
  }
}
