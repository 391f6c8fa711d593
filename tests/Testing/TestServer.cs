using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Outbound;

namespace Renexus.Testing;

/// <summary>
/// The whole server on a real port with a database of its own (<c>IClassFixture&lt;TestServer&gt;</c>). Tests say what they want done and drive it
/// over the network; the limits that would slow them down are off unless a subclass sets them.
/// </summary>
public class TestServer : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly TestServer? neighbour;
    private readonly bool ownsFolder;
    private WebApplication? app;

    /// <summary>One with a database of its own.</summary>
    public TestServer()
    {
        database = new TestDatabase();
        ownsFolder = true;
        DataDirectory = NewFolder();
    }

    /// <summary>Another node beside one that runs: the same database, and the same files unless it has a folder of its own.</summary>
    protected TestServer(TestServer neighbour, bool folderOfItsOwn)
    {
        (this.neighbour, database, ownsFolder) = (neighbour, neighbour.database, folderOfItsOwn);
        DataDirectory = folderOfItsOwn ? NewFolder() : neighbour.DataDirectory;
    }

    private static string NewFolder() => Path.Combine(Path.GetTempPath(), $"renexus-tests-data-{Guid.CreateVersion7():n}");

    /// <summary>The database behind it, for looking behind the curtain.</summary>
    public TestDatabase Database => database;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A client that nobody has signed in to.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>The services of the running server. Drive it over the network; this is for what the network cannot show.</summary>
    public IServiceProvider Services => app!.Services;

    /// <summary>The server's files, mails among them.</summary>
    public string DataDirectory { get; }

    /// <summary>Settings that differ from the defaults; subclasses add theirs.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("Renexus:Limits:AuthenticationPerMinute", "0"),
        new("Renexus:Limits:MessagesPerMinute", "0"),
        new("Renexus:Limits:WritesPerMinute", "0"),
        new("Renexus:Limits:DocumentPushesPerMinute", "0"),
        new("Renexus:Logging:Format", "text"),
        new("Logging:LogLevel:Default", "Warning"),
        new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"),
    ];

    /// <summary>
    /// How often a password is hashed. At the cost that production requires the people whom tests sign up would be most of what the tests
    /// do; tests of that cost ask for it.
    /// </summary>
    protected virtual int PasswordIterations => 10_000;

    /// <summary>Whatever address a test gives the server to call: nobody outside hears of it.</summary>
    private static OutboundNetwork ThisMachineAlone { get; } = OutboundNetwork.System with
    {
        ConnectAsync = (address, cancellationToken) => IPAddress.IsLoopback(address.Address)
            ? OutboundNetwork.System.ConnectAsync(address, cancellationToken)
            : throw new SocketException((int)SocketError.NetworkUnreachable),
    };

    /// <summary>Replaces services; the clock, for instance.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>Adds addresses that only the test needs.</summary>
    protected virtual void Map(WebApplication server)
    {
    }

    public virtual async ValueTask InitializeAsync()
    {
        if (neighbour is null)
            await database.InitializeAsync();
        await StartAsync();
    }

    /// <summary>Starts another node on the same database; it has the same settings and services, and the caller ends it.</summary>
    public async Task<TestServer> StartNeighbourAsync()
    {
        var node = new TestServer(this, folderOfItsOwn: false);
        await node.InitializeAsync();
        return node;
    }

    /// <summary>Starts it; after <see cref="StopAsync"/> again, with the same data at another address.</summary>
    public async Task StartAsync()
    {
        KeyValuePair<string, string>[] own =
        [
            new("urls", "http://127.0.0.1:0"),
            new("Renexus:Database:ConnectionString", database.ConnectionString),
            new("Renexus:DataDirectory", DataDirectory),
        ];
        var model = ownsFolder ? this : neighbour!;
        app = Program.Build([.. own.Concat(model.Settings).Select(s => $"--{s.Key}={s.Value}")], builder =>
        {
            HashPasswords(builder.Services, model.PasswordIterations);
            builder.Services.Replace(ServiceDescriptor.Singleton(ThisMachineAlone));
            model.Configure(builder.Services);
        });
        Map(app);
        await app.StartAsync();
        Address = new Uri(app.Urls.First());
        Anonymous = NewClient();
    }

    /// <summary>Stops it as a signal would: it drains, tells its sockets to come back, and keeps its data.</summary>
    public async Task StopAsync()
    {
        Anonymous?.Dispose();
        if (app is null)
            return;

        await app.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
        if (neighbour is null)
            await database.DisposeAsync();
        if (ownsFolder && Directory.Exists(DataDirectory))
            Directory.Delete(DataDirectory, recursive: true);
    }

    /// <summary>A client of its own connections that follows no redirects.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    /// <summary>Registers a new person of this name, as a browserless client would, and signs in.</summary>
    public async Task<TestUser> SignedInAs(string name)
    {
        var email = $"{name}-{Guid.CreateVersion7():n}@example.com";
        using var response = await Anonymous.PostAsJsonAsync("/api/auth/register", new { email, password = TestUser.Password, name });
        await ThrowUnlessSuccessAsync(response);
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        var user = body.RootElement.GetProperty("user").GetProperty("id").GetGuid();
        var token = body.RootElement.GetProperty("accessToken").GetString()!;
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new TestUser(user, email, name, token, body.RootElement.GetProperty("refreshToken").GetString()!, client);
    }

    /// <summary>Makes a workspace that this person owns.</summary>
    public static async Task<Guid> CreateWorkspace(TestUser owner, string name = "Newsroom") =>
        await CreateAsync(owner, "/api/workspaces", new { name });

    /// <summary>Adds a person who has an account to a workspace.</summary>
    public static async Task AddMember(TestUser owner, Guid workspaceId, TestUser member, string role = "editor")
    {
        using var response = await owner.Client.PostAsJsonAsync($"/api/workspaces/{workspaceId}/members", new { email = member.Email, role });
        await ThrowUnlessSuccessAsync(response);
    }

    /// <summary>Makes a thread that everybody in the workspace takes part in.</summary>
    public static async Task<Guid> CreateThread(TestUser author, Guid workspaceId, string title = "Launch") =>
        await CreateAsync(author, $"/api/workspaces/{workspaceId}/threads", new { title });

    private static void HashPasswords(IServiceCollection services, int iterations) => services.Replace(ServiceDescriptor.Singleton(provider =>
    {
        var configured = provider.GetRequiredService<RenexusOptions>().Passwords;
        var options = new RenexusOptions { Passwords = new PasswordOptions { Iterations = iterations, Queue = configured.Queue } };
        return new Passwords(new AccountPasswordHasher(options), options, provider.GetRequiredService<IMeterFactory>());
    }));

    private static async Task<Guid> CreateAsync(TestUser user, string path, object body)
    {
        using var response = await user.Client.PostAsJsonAsync(path, body);
        await ThrowUnlessSuccessAsync(response);
        using var created = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return created.RootElement.GetProperty("id").GetGuid();
    }

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }
}

/// <summary>A server whose clock stands still until the test moves it.</summary>
public class FrozenTestServer : TestServer
{
    /// <summary>The server's clock.</summary>
    public FakeTime Time { get; } = new();

    protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
}

/// <summary>A person with an account, signed in.</summary>
/// <param name="Client">Sends the access token with everything.</param>
public sealed record TestUser(Guid Id, string Email, string Name, string AccessToken, string RefreshToken, HttpClient Client)
{
    /// <summary>Everybody's.</summary>
    public const string Password = "correct horse battery staple";
}
