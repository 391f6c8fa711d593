using Renexus.Client.Http;
using Renexus.Client.Realtime;

namespace Renexus.Client;

/// <summary>A program's way to a Renexus server, for one person at a time. All members may be used from any thread.</summary>
/// <remarks>Every call throws <see cref="ProblemException"/> when the server refuses, and <see cref="HttpRequestException"/> when it cannot be reached.</remarks>
public sealed class RenexusClient : IDisposable
{
    private readonly HttpClient http;
    private readonly bool ownsHttp;
    private readonly ApiConnection api;
    private readonly TimeProvider time;

    /// <summary>A client of the server at an address, such as <c>https://renexus.example</c>.</summary>
    public RenexusClient(Uri address)
        : this(new HttpClient { BaseAddress = address }, TimeProvider.System)
    {
        ownsHttp = true;
    }

    /// <summary>A client that gathers calls made within a short time into one request (GW-8).</summary>
    public RenexusClient(Uri address, BatchingOptions batching)
        : this(new HttpClient(new BatchingHandler(batching) { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = address }, batching.TimeProvider)
    {
        ownsHttp = true;
    }

    /// <summary>A client that calls through <paramref name="http"/>, whose base address is the server's and which stays the caller's.</summary>
    /// <param name="http">How to call.</param>
    /// <param name="time">The clock that decides when to renew tokens.</param>
    public RenexusClient(HttpClient http, TimeProvider? time = null)
    {
        if (http.BaseAddress is null)
            throw new ArgumentException("It needs a base address.", nameof(http));
        this.http = http;
        this.time = time ?? TimeProvider.System;
        api = new ApiConnection(http, this.time);
        api.LogIn.Renewed += (_, _) => RefreshTokenChanged?.Invoke(this, EventArgs.Empty);
        Accounts = new AccountsApi(api);
        Workspaces = new WorkspacesApi(api);
        Threads = new ThreadsApi(api);
        Messages = new MessagesApi(api);
        Content = new ContentApi(api);
        Files = new FilesApi(api, this.time);
        Notifications = new NotificationsApi(api);
        Sync = new SyncApi(api);
    }

    /// <summary>There is another <see cref="RefreshToken"/>, or none any more.</summary>
    public event EventHandler? RefreshTokenChanged;

    /// <summary>What to keep, safely, to go on after a restart with <see cref="AccountsApi.ResumeAsync"/>; each one is good once.</summary>
    public string? RefreshToken => api.LogIn.RefreshToken;

    /// <summary>Registration, log-in, the own profile.</summary>
    public AccountsApi Accounts { get; }

    /// <summary>Workspaces and members.</summary>
    public WorkspacesApi Workspaces { get; }

    /// <summary>Threads and read markers.</summary>
    public ThreadsApi Threads { get; }

    /// <summary>Messages over HTTP.</summary>
    public MessagesApi Messages { get; }

    /// <summary>Content items, their review, history and comments.</summary>
    public ContentApi Content { get; }

    /// <summary>Files: uploading, finding, deleting.</summary>
    public FilesApi Files { get; }

    /// <summary>What this person is told, and how.</summary>
    public NotificationsApi Notifications { get; }

    /// <summary>What was done and missed while away.</summary>
    public SyncApi Sync { get; }

    /// <summary>The access token to call with, renewed when needed: for requests that this client does not know.</summary>
    public ValueTask<string> GetAccessTokenAsync(CancellationToken cancellationToken = default) => api.LogIn.GetAsync(null, cancellationToken);

    /// <summary>A real-time connection for whoever is logged in; start and dispose of it yourself.</summary>
    public RealtimeClient CreateRealtime(RealtimeOptions? options = null) =>
        new(http.BaseAddress!, api.LogIn.GetAsync, options ?? new RealtimeOptions { TimeProvider = time, Http = http });

    /// <summary>Frees the connections.</summary>
    public void Dispose()
    {
        if (ownsHttp)
            http.Dispose();
    }
}
