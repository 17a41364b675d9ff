package dev.peer.cli.check;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.rendezvous.RendezvousCheck;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.CertificateUse;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateFault;
import dev.peer.core.trust.CertificateRole;
import dev.peer.identity.Identities;
import dev.peer.network.PeerNetwork;
import dev.peer.report.RunOutput;
import dev.peer.run.UnattendedOutput;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks this peer's identity, and whether it and others can reach each other. */
final class NetworkCheck {

  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(30);

  private final PeerSettings settings;
  private final List<Finding> findings = new ArrayList<>();

  NetworkCheck(PeerSettings settings) {
    this.settings = settings;
  }

  List<Finding> run() throws InterruptedException {
    try {
      Identities identities = Identities.of(settings, this::warn);
      certificate(identities);
      if (settings.reach().rendezvous().isEmpty()) {
        findings.add(
            Finding.warning(
                "rendezvous",
                "PEER_RENDEZVOUS is not set: this peer works alone",
                "set it to your team's rendezvous, such as https://meet.example.org:7443"));
      } else {
        signers();
        reach(identities);
      }
      settings.reach().relays().forEach(relay -> relay(identities, relay));
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("certificate", e.getMessage(), e.hint()));
    } catch (CredentialException e) {
      findings.add(Finding.misconfigured("certificate", e.getMessage(), e.hint()));
    }
    return findings;
  }

  private void warn(String line) {
    findings.add(
        Finding.warning(
            "certificate",
            line.replaceFirst("^warning: ", ""),
            "renew the certificate or the list that it names"));
  }

  private void certificate(Identities identities) {
    AccessRules rules = identities.rules();
    findings.add(
        Finding.ok(
            "certificate", identities.tls().id() + ", until " + identities.tls().certificateEnd()));
    for (CertificateUse use : CertificateUse.values()) {
      String name = use.name().toLowerCase(Locale.ROOT);
      switch (identities.judge(use, Instant.now())) {
        case CertificateUse.Verdict.Admitted _ -> {}
        // A peer that takes images and runtimes need not make any.
        case CertificateUse.Verdict.Refused _
            when use == CertificateUse.IMAGE || use == CertificateUse.PREPARE -> {}
        case CertificateUse.Verdict.Refused(List<CertificateFault> faults) ->
            findings.add(
                Finding.misconfigured(
                    "certificate",
                    "it may not " + name + " by the rules here: " + faults.getFirst().what(),
                    faults.getFirst().mend()));
      }
    }
    findings.add(
        Finding.ok(
            "rules",
            "fetch: "
                + rules.fetch()
                + "; announce: "
                + rules.announce()
                + "; sign: "
                + rules.sign()
                + "; image: "
                + rules.imageRule()));
  }

  private void signers() {
    if (settings.rules().sign().isEmpty()) {
      findings.add(
          Finding.warning(
              "rules",
              Identities.OPEN_SIGN,
              "set it to the signers whose results count, such as uri:spiffe://example.org/ci/*"));
    }
  }

  private void relay(Identities identities, URI relay) {
    try (TlsConnector connector = new TlsConnector(identities.tls())) {
      TlsConnection connection = connector.connect(relay, Timeouts.DEFAULT.connect());
      findings.add(
          Finding.ok(
              "relay", relay.getAuthority() + " is " + connection.other().id() + way(relay)));
      if (connection.isGoodFor(CertificateRole.SIGNER)
          && identities.rules().sign().admitsSomewhere(connection.other())) {
        findings.add(mayForge("relay", relay));
      }
    } catch (ConnectionException e) {
      findings.add(
          Finding.broken(
              "relay",
              e.getMessage(),
              "check that it runs, that PEER_RELAY leads there, and that both trust each other's"
                  + " CA"));
    }
  }

  private void reach(Identities identities) throws InterruptedException {
    List<URI> answering = new ArrayList<>();
    for (URI rendezvous : settings.reach().rendezvous()) {
      try (RendezvousCheck check =
          new RendezvousCheck(identities.tls(), rendezvous, Timeouts.DEFAULT)) {
        RendezvousCheck.Met met = check.meet();
        answering.add(rendezvous);
        findings.add(
            Finding.ok(
                "rendezvous",
                rendezvous.getAuthority() + " is " + met.identity().id() + way(rendezvous)));
        if (met.maySign() && identities.rules().sign().admitsSomewhere(met.identity())) {
          findings.add(mayForge("rendezvous", rendezvous));
        }
        met.ahead().ifPresent(ahead -> clock(rendezvous, ahead));
      } catch (IOException e) {
        findings.add(
            Finding.broken(
                "rendezvous",
                e.getMessage(),
                "check that it runs, that PEER_RENDEZVOUS leads there, and that both trust each"
                    + " other's CA"));
      }
    }
    if (!answering.isEmpty()) {
      dialledBack(identities, answering);
    }
  }

  /** Which way it went, where there is more than one. */
  private static String way(URI server) {
    ProxyRules proxies = ProxyRules.ofProcess();
    return proxies
        .to(server)
        .map(proxy -> ", through the proxy " + proxy)
        .or(() -> proxies.proxy().map(proxy -> ", not through the proxy " + proxy))
        .orElse("");
  }

  private static Finding mayForge(String check, URI server) {
    return Finding.warning(
        check,
        server.getAuthority()
            + " has a certificate with which it may sign results: a party that takes it over can"
            + " make some up",
        "issue it for servers alone (`peer-pki issue NAME --server`), or set PEER_ALLOW_SIGN to"
            + " others");
  }

  private void clock(URI rendezvous, Duration ahead) {
    Duration off = ahead.abs();
    findings.add(
        off.compareTo(CLOCKS_MAY_DIFFER) <= 0
            ? Finding.ok("clock", "as that of " + rendezvous.getAuthority())
            : Finding.broken(
                "clock",
                off.toSeconds()
                    + " s "
                    + (ahead.isNegative() ? "ahead of" : "behind")
                    + " that of "
                    + rendezvous.getAuthority(),
                "set the clock that is wrong, by NTP: certificates and signatures are judged by"
                    + " it"));
  }

  private void dialledBack(Identities identities, List<URI> rendezvous)
      throws InterruptedException {
    RunOutput quiet = new UnattendedOutput(_ -> {}, "");
    try (PeerNetwork network = PeerNetwork.within(identities, settings, quiet, Optional.empty());
        LeasedAnnouncer announcer = network.leasedAnnouncer(Optional.empty(), Optional.empty())) {
      Optional<InetSocketAddress> bound = listen(announcer);
      for (URI one : rendezvous) {
        try (RendezvousCheck check = new RendezvousCheck(identities.tls(), one, Timeouts.DEFAULT)) {
          List<URI> told = PeerNetwork.serveSettings(settings).addresses(one, bound.orElseThrow());
          List<URI> reached = check.reached(told);
          findings.add(reached(one, told, reached));
        } catch (IOException e) {
          findings.add(
              Finding.broken("reach", e.getMessage(), "check the rules of the rendezvous"));
        }
      }
    } catch (AnnounceException e) {
      findings.add(
          Finding.broken(
              "reach",
              e.getMessage(),
              "end what listens there (a `peer daemon` or `peer run` does), or set PEER_LISTEN to"
                  + " another port"));
    }
  }

  private static Optional<InetSocketAddress> listen(LeasedAnnouncer announcer)
      throws AnnounceException {
    announcer.open();
    return announcer.address();
  }

  private Finding reached(URI rendezvous, List<URI> told, List<URI> reached) {
    String seen = rendezvous.getAuthority() + " reaches this peer at ";
    if (!reached.isEmpty()) {
      return Finding.ok("reach", seen + names(reached));
    }
    return settings.reach().relays().isEmpty()
        ? Finding.warning(
            "reach",
            seen + "none of " + names(told),
            "open that port, set PEER_LISTEN and PEER_ADVERTISE to what others can connect to, or"
                + " PEER_RELAY to a relay; without it this peer still replays")
        : Finding.ok("reach", seen + "none of " + names(told) + "; PEER_RELAY is set");
  }

  private static String names(List<URI> addresses) {
    return addresses.stream().map(URI::getAuthority).collect(Collectors.joining(", "));
  }
}
