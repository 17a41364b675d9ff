package dev.peer.tls;

import dev.peer.core.trust.Credentials;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Presents our one certificate, whatever authorities the other side names. */
public final class OwnKey extends X509ExtendedKeyManager {

  private static final String ALIAS = "peer";

  private final X509Certificate[] chain;
  private final PrivateKey key;
  private final String keyType;
  private final Handshakes handshakes;

  /**
   * Presents this one.
   *
   * @param handshakes counts the handshakes in which a client sees it
   */
  public OwnKey(Credentials credentials, Handshakes handshakes) {
    this.handshakes = handshakes;
    chain = credentials.chain().toArray(X509Certificate[]::new);
    key = credentials.privateKey();
    keyType = credentials.leaf().getPublicKey().getAlgorithm();
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return Arrays.asList(keyTypes).contains(keyType) ? ALIAS : null;
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    if (!type.equals(keyType)) {
      return null;
    }
    handshakes.start();
    return ALIAS;
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return Arrays.asList(keyTypes).contains(keyType) ? ALIAS : null;
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return type.equals(keyType) ? ALIAS : null;
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }
}
