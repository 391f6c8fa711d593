using Renexus.Contracts;

namespace Renexus.Client.Http;

/// <summary>The tokens of a log-in, renewed ahead of their end, once for however many calls wait (AU-3).</summary>
internal sealed class LogIn(TimeProvider time, Func<string, CancellationToken, Task<RenewedTokens>> renew)
{
    // Long enough for a call that begins now to end with the token it began with.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private string? accessToken;
    private DateTimeOffset renewAt;
    private Task<string>? renewal;

    public string? RefreshToken { get; private set; }

    public event EventHandler? Renewed;

    public void Begin(string token, int expiresIn, string? refreshToken)
    {
        lock (gate)
        {
            var lifetime = TimeSpan.FromSeconds(expiresIn);
            accessToken = token;
            RefreshToken = refreshToken ?? RefreshToken;
            // Short-lived tokens must not be renewed at every call.
            renewAt = time.GetUtcNow() + (lifetime > Ahead * 2 ? lifetime - Ahead : lifetime / 2);
        }

        Renewed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Goes on with a log-in of which only the refresh token was kept.</summary>
    public void Resume(string refreshToken)
    {
        lock (gate)
        {
            accessToken = null;
            RefreshToken = refreshToken;
        }
    }

    public void End()
    {
        lock (gate)
        {
            accessToken = null;
            RefreshToken = null;
        }

        Renewed?.Invoke(this, EventArgs.Empty);
    }

    /// <inheritdoc cref="AccessTokenProvider"/>
    public async ValueTask<string> GetAsync(string? stale, CancellationToken cancellationToken)
    {
        Task<string> pending;
        lock (gate)
        {
            if (accessToken is not null && accessToken != stale && time.GetUtcNow() < renewAt)
                return accessToken;
            if (RefreshToken is null)
                throw new InvalidOperationException("Nobody is logged in.");

            pending = renewal ??= Task.Run(RenewAsync, CancellationToken.None);
        }

        return await pending.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Nobody's cancellation ends it: others wait for it, and a refresh token is good for one renewal only.
    private async Task<string> RenewAsync()
    {
        try
        {
            var tokens = await renew(RefreshToken!, CancellationToken.None).ConfigureAwait(false);
            Begin(tokens.AccessToken, tokens.ExpiresIn, tokens.RefreshToken);
            return tokens.AccessToken;
        }
        finally
        {
            lock (gate)
                renewal = null;
        }
    }
}
