package dev.peer.core.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;

/** A certificate and the key that it is for. */
public record Made(X509Certificate certificate, KeyPair keys) {}
