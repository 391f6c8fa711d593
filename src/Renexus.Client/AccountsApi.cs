using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Registration, log-in, the own profile (AU, OR-3). Whoever logs in here is who all other calls are made for.</summary>
public sealed class AccountsApi
{
    private readonly ApiConnection api;

    internal AccountsApi(ApiConnection api) => this.api = api;

    /// <summary>Makes an account and logs in (AU-1).</summary>
    public Task<User> RegisterAsync(string email, string password, string name, CancellationToken cancellationToken = default) =>
        BeginAsync(api.SendAsync(
            HttpMethod.Post,
            "api/auth/register",
            new RegisterRequest { Email = email, Password = password, Name = name },
            ContractsJson.Lenient.RegisterRequest,
            ContractsJson.Lenient.LoggedIn,
            cancellationToken,
            anonymous: true));

    /// <summary>Logs in (AU-1).</summary>
    /// <param name="email">The address of the account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="code">The second factor, for accounts that have one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<User> LogInAsync(string email, string password, string? code = null, CancellationToken cancellationToken = default) =>
        BeginAsync(api.SendAsync(
            HttpMethod.Post,
            "api/auth/login",
            new LogInRequest { Email = email, Password = password, Code = code },
            ContractsJson.Lenient.LogInRequest,
            ContractsJson.Lenient.LoggedIn,
            cancellationToken,
            anonymous: true));

    /// <summary>Goes on with an earlier log-in by its refresh token (AU-2), see <see cref="RenexusClient.RefreshToken"/>.</summary>
    public async Task ResumeAsync(string refreshToken, CancellationToken cancellationToken = default)
    {
        api.LogIn.Resume(refreshToken);
        await api.LogIn.GetAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renews the access token now. It also happens on its own, ahead of its end (AU-3).</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        var current = await api.LogIn.GetAsync(null, cancellationToken).ConfigureAwait(false);
        await api.LogIn.GetAsync(current, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends this log-in, its tokens and its sockets (AU-4).</summary>
    public async Task LogOutAsync(CancellationToken cancellationToken = default)
    {
        var body = JsonContent.Create(new RefreshRequest { RefreshToken = api.LogIn.RefreshToken }, ContractsJson.Lenient.RefreshRequest);
        await api.SendAsync(HttpMethod.Post, "api/auth/logout", body, cancellationToken).ConfigureAwait(false);
        api.LogIn.End();
    }

    /// <summary>All open log-ins of this person (AU-4).</summary>
    public async Task<IReadOnlyList<LogInSession>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        (await api.GetAsync("api/auth/sessions", ContractsJson.Lenient.LogInSessions, cancellationToken).ConfigureAwait(false)).Items;

    /// <summary>Ends one log-in (AU-4).</summary>
    public Task EndSessionAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/auth/sessions/{id}", null, cancellationToken);

    /// <summary>Who is logged in.</summary>
    public Task<User> GetMeAsync(CancellationToken cancellationToken = default) =>
        api.GetAsync("api/me", ContractsJson.Lenient.User, cancellationToken);

    /// <summary>Changes the own profile (OR-3).</summary>
    public Task<User> UpdateMeAsync(UpdateMeRequest change, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Patch, "api/me", change, ContractsJson.Lenient.UpdateMeRequest, ContractsJson.Lenient.User, cancellationToken);

    /// <summary>The own preferences, a JSON object of the client's making (OR-3).</summary>
    public Task<JsonElement> GetPreferencesAsync(CancellationToken cancellationToken = default) =>
        api.GetAsync("api/me/preferences", ContractsJson.Lenient.JsonElement, cancellationToken);

    /// <summary>Replaces the own preferences.</summary>
    public Task<JsonElement> PutPreferencesAsync(JsonElement preferences, CancellationToken cancellationToken = default) =>
        api.SendAsync(
            HttpMethod.Put,
            "api/me/preferences",
            preferences,
            ContractsJson.Lenient.JsonElement,
            ContractsJson.Lenient.JsonElement,
            cancellationToken);

    private async Task<User> BeginAsync(Task<LoggedIn> answer)
    {
        var (user, accessToken, expiresIn, refreshToken) = await answer.ConfigureAwait(false);
        api.LogIn.Begin(accessToken, expiresIn, refreshToken);
        return user;
    }
}
