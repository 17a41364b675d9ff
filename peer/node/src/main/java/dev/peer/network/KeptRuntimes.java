package dev.peer.network;

import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import dev.peer.server.HeldRuntimes;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The local prepared runtimes, for serving to others. */
public record KeptRuntimes(ServedRuntimes kept) implements HeldRuntimes {

  /** None if they cannot be listed: results must be announced all the same. */
  @Override
  public List<Name> names() {
    try {
      return kept.names().stream().map(name -> new Name(name.repo(), name.image())).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public List<Attestation> attestations(Name name) throws IOException {
    return kept.of(nameOf(name)).stream().map(HeldRuntime::attestation).toList();
  }

  @Override
  public Optional<Claim> hold(Name name, Digest content) throws IOException {
    return kept.hold(nameOf(name), content)
        .map(
            held ->
                new Claim(
                    held.content(),
                    held.chunks(),
                    former -> HeldRuntime.delta(held.content(), former),
                    held.hold()::close));
  }

  private static ServedRuntimes.Name nameOf(Name name) {
    return new ServedRuntimes.Name(name.repo(), name.image());
  }
}
