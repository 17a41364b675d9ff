package dev.peer.pages;

import dev.peer.core.access.SignRules;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.Tries;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.trust.CertificateFacts;
import java.util.ArrayList;
import java.util.List;

/** What makes a result believable, as sentences. */
final class EvidenceText {

  private EvidenceText() {}

  /**
   * The sentences about a result whose every byte was verified.
   *
   * @param signers the rule that admits its signer
   */
  static List<String> sentences(VerifiedAttestation verified, SignRules signers) {
    List<String> sentences = new ArrayList<>();
    sentences.add(verified.signer().id() + " signed the result.");
    verified.path().certificates().stream()
        .map(CertificateFacts::of)
        .forEach(certificate -> sentences.add(sentence(certificate)));
    sentences.add(
        "PEER_ALLOW_SIGN admits the signer: "
            + String.join("; ", admitting(verified, signers))
            + ".");
    sentences.add(
        verified
            .evidence()
            .timestamp()
            .map(
                timestamp ->
                    timestamp.authority() + " stamped the signature at " + timestamp.time() + ".")
            .orElse("The evidence does not rest on a timestamp."));
    sentences.add(
        "It holds until "
            + verified.evidence().until()
            + ", unless a certificate is revoked before.");
    sentences.add(
        "All "
            + verified.bundle().size()
            + " bytes of the bundle were verified for this page: they have the signed digest "
            + verified.bundle().digest()
            + ".");
    addProvenance(sentences, verified.record().provenance());
    return sentences;
  }

  private static String sentence(CertificateFacts certificate) {
    return "The certificate of "
        + (certificate.subject().isEmpty() ? "(no subject)" : certificate.subject())
        + ", serial "
        + certificate.serial()
        + ", valid from "
        + certificate.from()
        + " to "
        + certificate.until()
        + ", is issued by "
        + certificate.issuer()
        + ".";
  }

  private static List<String> admitting(VerifiedAttestation verified, SignRules signers) {
    RunInputs inputs = verified.record().inputs();
    return signers.deciding(inputs.repo(), inputs.targets()).stream()
        .map(one -> one.admitting(verified.signer()))
        .toList();
  }

  private static void addProvenance(List<String> sentences, Provenance provenance) {
    switch (provenance) {
      case Provenance.Unstated() ->
          sentences.add(
              "It is evidence of peer 0.5, which does not say what the run started from.");
      case Provenance.Stated stated -> {
        sentences.add(
            switch (stated.origin()) {
              case BLANK -> "The machine started from a blank disk.";
              case LAYERS ->
                  "The machine started from a kept disk with nothing but layers that its container"
                      + " image begins with.";
              case TRUNK, HISTORY, ANY ->
                  "The machine started from a kept disk of the origin "
                      + stated.startedFrom()
                      + ".";
            });
        stated
            .startedFrom()
            .layers()
            .ifPresent(
                layers ->
                    sentences.add(
                        "The disk's first layers were built in a machine of their own, from"
                            + " instructions with the digest "
                            + layers
                            + "."));
        stated
            .startedFrom()
            .runtimes()
            .forEach(
                runtime ->
                    sentences.add(
                        "The disk came from a prepared runtime that "
                            + runtime.maker()
                            + " signed; the digest of its content is "
                            + runtime.content()
                            + "."));
        PreparationNetwork network = stated.preparationNetwork();
        sentences.add("The preparation's network was " + network + ".");
        sentences.add(
            "In the guest were mk " + stated.mk() + " and the agent " + stated.agent() + ".");
        if (!stated.tries().equals(Tries.ONCE)) {
          sentences.add("The tests passed at try " + stated.tries() + ".");
        }
      }
    }
  }
}
