using System.Runtime.CompilerServices;
using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts;

/// <summary>What the accounts keep of a person, for the person's own file (OR-4).</summary>
internal static class OwnAccount
{
    private sealed record LogIn(
        Guid Id, string Device, string UserAgent, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt,
        DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, string? EndedBecause);

    private static readonly Query<LogIn> LogIns = new("accounts.own_sessions", """
        select id, device, user_agent, host(address) as address, created_at, last_used_at, expires_at, ended_at, ended_because
        from accounts.session
        where user_id = $1
        order by created_at
        """);

    public static IEnumerable<PersonalData> Export =>
    [
        new("profile", IsOne: true, ProfileAsync),
        new("preferences", IsOne: true, PreferencesAsync),
        new("sessions", IsOne: false, SessionsAsync),
    ];

    private static async IAsyncEnumerable<object> ProfileAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        if (await database.QueryFirstAsync(Scope.Of(userId), GetMe.ById, [userId], cancellationToken) is { } user)
            yield return user;
    }

    private static async IAsyncEnumerable<object> PreferencesAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        if (await database.QueryFirstAsync(Scope.Of(userId), GetPreferences.OfUser, [userId], cancellationToken) is { } preferences)
            yield return JsonElement.Parse(preferences.Data);
    }

    private static async IAsyncEnumerable<object> SessionsAsync(
        IServiceProvider services, Guid userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = services.GetRequiredService<Database>();
        foreach (var logIn in await database.QueryAsync(Scope.Of(userId), LogIns, [userId], cancellationToken))
            yield return logIn;
    }
}
