using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts;

/// <summary>
/// Devices that an account was logged in to with before. A token that lies there, and its hash here, tell such a device from a stranger's, so that
/// it gets in while strangers are held up; it opens nothing by itself.
/// </summary>
internal sealed class KnownDevices(BrowserClient browser, TimeProvider clock)
{
    /// <summary>As long as browsers keep a cookie at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    private static readonly Command Remember = new("accounts.remember_device", """
        insert into accounts.device (user_id, token_hash, session_id, name, created_at, last_used_at)
        values ($1, $2, $3, $4, $5, $5)
        on conflict (user_id, token_hash) do update set last_used_at = excluded.last_used_at, session_id = coalesce(excluded.session_id, accounts.device.session_id)
        """);

    private static readonly Command Forget = new("accounts.forget_device", """
        delete from accounts.device where user_id = $1 and session_id = $2
        """);

    /// <summary>What the request shows of an earlier log-in: the cookie, or what another client sends along.</summary>
    public SecretToken? Shown(HttpRequest request, string? deviceToken) =>
        SecretToken.TryParse(deviceToken ?? (BrowserClient.Asks(request) ? browser.ReadDevice(request) : null), out var token) ? token : null;

    /// <summary>Remembers the device, under the token it shows or a new one; browsers get it as a cookie.</summary>
    /// <param name="session">The log-in it is remembered for: denying that one forgets the device too.</param>
    public async Task<SecretToken> RememberAsync(
        Work work, Guid userId, HttpContext context, SecretToken? known, CancellationToken cancellationToken, Guid? session = null)
    {
        var token = known ?? SecretToken.New();
        var name = DeviceName.Of(context.Request.Headers.UserAgent.ToString());
        await work.ExecuteAsync(Remember, [userId, token.Hash(), session, name, clock.GetUtcNow()], cancellationToken);
        if (BrowserClient.Asks(context.Request))
            browser.WriteDevice(context, token, Lifetime);
        return token;
    }

    public static Task ForgetAsync(Work work, Guid userId, Guid sessionId, CancellationToken cancellationToken) =>
        work.ExecuteAsync(Forget, [userId, sessionId], cancellationToken);
}
