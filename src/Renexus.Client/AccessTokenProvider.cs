namespace Renexus.Client;

/// <summary>Gives a valid access token, renewing it when needed.</summary>
/// <param name="stale">A token that will no longer do, though it may look valid; null when none is known.</param>
/// <param name="cancellationToken">Gives up waiting.</param>
/// <returns>A token other than <paramref name="stale"/>.</returns>
public delegate ValueTask<string> AccessTokenProvider(string? stale, CancellationToken cancellationToken);
