package dev.peer.fuzz;

import java.util.ArrayList;
import java.util.List;

/** Every parser of bytes from outside. */
final class Parsers {

  private Parsers() {}

  /** All of them, always in the same order. */
  static List<Parser> all() throws Exception {
    List<Parser> all = new ArrayList<>();
    all.addAll(EvidenceParsers.all());
    all.addAll(TrustParsers.all());
    all.addAll(GuestParsers.all());
    all.addAll(WireParsers.all());
    all.addAll(LocalParsers.all());
    return List.copyOf(all);
  }
}
