package dev.peer.pages;

import dev.peer.core.access.SignRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.util.Optional;

/** A result as a single file that opens anywhere, with its style inside and no link out. */
public final class ResultDocument {

  private ResultDocument() {}

  /**
   * Returns its bytes.
   *
   * @param signers the rule that admits the signer
   * @throws MalformedException if the output's order is malformed
   */
  public static byte[] of(VerifiedRecord verified, SignRules signers, Acceptance acceptance)
      throws IOException, MalformedException {
    return Documents.result(
        ResultView.of(verified, signers, acceptance, Optional.empty()), Documents.file());
  }
}
