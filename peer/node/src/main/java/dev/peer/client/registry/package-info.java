/**
 * Requests to registries of container images, as this host reaches them. Uses {@code tls} and
 * {@code vm.registry}.
 */
package dev.peer.client.registry;
