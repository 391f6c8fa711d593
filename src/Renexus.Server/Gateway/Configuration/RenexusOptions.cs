using System.ComponentModel.DataAnnotations;

namespace Renexus.Server.Gateway.Configuration;

/// <summary>
/// Every setting there is, below <c>Renexus:</c> (DP-4, PROTOCOL "Configuration"): by file, environment (<c>Renexus__DataDirectory</c>) or
/// command line (<c>--Renexus:DataDirectory=…</c>). Read and checked once, at start; what is not declared here is an error.
/// </summary>
internal sealed record RenexusOptions
{
    /// <summary>Embedded database, local files, keys. Relative to the working directory.</summary>
    [Required]
    public string DataDirectory { get; init; } = "./data";

    /// <summary>Where people reach the server: links in mails begin with it. The first of <c>urls</c> when empty.</summary>
    [HttpAddress]
    public string? PublicUrl { get; init; }

    /// <summary>What this process does: <c>all</c>, or some of <c>web</c>, <c>worker</c>, <c>scheduler</c>.</summary>
    [OneOf("all", "web", "worker", "scheduler"), MinLength(1)]
    public IReadOnlyList<string> Roles { get; init; } = ["all"];

    /// <summary>Whether this process has the role, one of <see cref="ProcessRoles"/>.</summary>
    public bool Has(string role) => Roles.Contains("all", StringComparer.Ordinal) || Roles.Contains(role, StringComparer.Ordinal);

    public DatabaseOptions Database { get; init; } = new();

    public RedisOptions Redis { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public EmailOptions Email { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public SessionOptions Sessions { get; init; } = new();

    public PasswordOptions Passwords { get; init; } = new();

    public AccountOptions Accounts { get; init; } = new();

    public LogInOptions LogIn { get; init; } = new();

    public InvitationOptions Invitations { get; init; } = new();

    public WorkspaceOptions Workspaces { get; init; } = new();

    public ExportOptions Exports { get; init; } = new();

    public RealtimeOptions Realtime { get; init; } = new();

    public BatchOptions Batch { get; init; } = new();

    public SearchOptions Search { get; init; } = new();

    public ContentOptions Content { get; init; } = new();

    public ProxyOptions Proxy { get; init; } = new();

    public CorsOptions Cors { get; init; } = new();

    public ClerkOptions Clerk { get; init; } = new();

    public IdentityOptions Identity { get; init; } = new();

    public WebhookOptions Webhooks { get; init; } = new();

    public OutboundOptions Outbound { get; init; } = new();

    public GenerationOptions Generation { get; init; } = new();

    public BackupOptions Backup { get; init; } = new();

    public SecretOptions Secrets { get; init; } = new();

    public AuditOptions Audit { get; init; } = new();

    public LoggingOptions Logging { get; init; } = new();
}

/// <summary>What a process can be for.</summary>
internal static class ProcessRoles
{
    /// <summary>Answers requests and holds sockets.</summary>
    public const string Web = "web";

    /// <summary>Works on jobs.</summary>
    public const string Worker = "worker";

    /// <summary>Makes recurring jobs when they are due.</summary>
    public const string Scheduler = "scheduler";
}

internal sealed record DatabaseOptions
{
    /// <summary>Empty: PostgreSQL is started as a child process with its data in <c>DataDirectory</c>.</summary>
    [Secret]
    public string? ConnectionString { get; init; }

    /// <summary>A standby for reads that tolerate its lag. Empty: none.</summary>
    [Secret]
    public string? ReplicaConnectionString { get; init; }

    /// <summary>Where the embedded PostgreSQL's programs are unpacked. Empty: the user's cache directory, <c>/var/cache/renexus</c> for root.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How long a start waits for an outside database that does not answer yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections in the pool (DB-3). With fewer than six, two long readings at once would leave none to write with.</summary>
    [Range(6, 500)]
    public int PoolSize { get; init; } = 20;

    /// <summary>A query that takes longer is cancelled (DB-3).</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the database is asked whether it is well (DB-3).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Queries over this are logged (DB-3).</summary>
    public TimeSpan SlowQuery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Queries over this are warnings (DB-3).</summary>
    public TimeSpan VerySlowQuery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Small writes that may share one transaction.</summary>
    [Range(1, 4096)]
    public int MaxBatchSize { get; init; } = 256;

    /// <summary>How long a batch waits for company; 0 takes what came while the last one ran.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan BatchWaitTime { get; init; } = TimeSpan.Zero;

    /// <summary>How long changes are kept for clients that come back.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan ChangeRetention { get; init; } = TimeSpan.FromDays(30);
}

internal sealed record RedisOptions
{
    /// <summary><c>redis://host:port</c>, <c>rediss://…</c> with TLS, or <c>host:port,password=…</c>. Empty: none.</summary>
    [Secret, RedisConnection]
    public string? ConnectionString { get; init; }

    /// <summary>What all keys begin with, where one Redis serves several installations.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string Prefix { get; init; } = "renexus:";
}

/// <summary>Files that people upload (FI).</summary>
internal sealed record StorageOptions
{
    /// <summary>Where files are read from, in front of this server: a CDN, or a name apart from the app's. Empty: the address that was asked.</summary>
    [HttpAddress]
    public string? ContentUrl { get; init; }

    /// <summary>What the files of one workspace may take; 0 means no limit.</summary>
    [Range(0, long.MaxValue)]
    public long WorkspaceBytes { get; init; } = 53_687_091_200;

    /// <summary>What one person may upload, over all workspaces; 0 means no limit.</summary>
    [Range(0, long.MaxValue)]
    public long PersonBytes { get; init; } = 10_737_418_240;

    /// <summary>Media types that are taken, <c>image/*</c> for all of a kind. Empty: all that are not refused.</summary>
    public IReadOnlyList<string> AllowedTypes { get; init; } = [];

    /// <summary>Media types that are refused, whatever they are called. <c>application/x-executable</c> are programs of every system.</summary>
    public IReadOnlyList<string> RefusedTypes { get; init; } = ["application/x-executable"];

    /// <summary>How long an upload may take; what is not complete by then is removed.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(24);

    public S3Options S3 { get; init; } = new();
}

/// <summary>Empty: files go to a folder in <c>DataDirectory</c>.</summary>
internal sealed record S3Options
{
    [HttpAddress]
    public string? Endpoint { get; init; }

    public string? Bucket { get; init; }

    public string? Region { get; init; }

    [Secret]
    public string? AccessKey { get; init; }

    [Secret]
    public string? SecretKey { get; init; }
}

/// <summary>Empty: mails are written to <c>DataDirectory/mail/</c>.</summary>
internal sealed record EmailOptions
{
    public string? Host { get; init; }

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    public string? User { get; init; }

    [Secret]
    public string? Password { get; init; }

    public string? From { get; init; }

    public bool Tls { get; init; } = true;
}

/// <summary>How much and how often; 0 means no limit (GW-4, GW-10, RT-3).</summary>
internal sealed record LimitOptions
{
    /// <summary>Messages and other ordinary real-time writes of one client.</summary>
    [Range(0, int.MaxValue)]
    public int MessagesPerMinute { get; init; } = 60;

    /// <summary>How many of these may come at once.</summary>
    [Range(1, int.MaxValue)]
    public int MessagesBurst { get; init; } = 30;

    /// <summary>Every other write over HTTP.</summary>
    [Range(0, int.MaxValue)]
    public int WritesPerMinute { get; init; } = 600;

    [Range(0, int.MaxValue)]
    public int DocumentPushesPerMinute { get; init; } = 300;

    /// <summary>Typing, cursors, presence; what is over is merged.</summary>
    [Range(0, int.MaxValue)]
    public int EphemeralPerMinute { get; init; } = 120;

    /// <summary>Log in, register and the like: for each account, and for each address.</summary>
    [Range(0, int.MaxValue)]
    public int AuthenticationPerMinute { get; init; } = 10;

    [Range(0, int.MaxValue)]
    public int GenerationPerMinute { get; init; } = 20;

    /// <summary>Requests of one address that carry no valid credentials, counted before authentication.</summary>
    [Range(0, int.MaxValue)]
    public int AnonymousPerMinute { get; init; } = 60_000;

    /// <summary>Open sockets of one user in the whole cluster.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerUser { get; init; } = 5;

    /// <summary>A message, over a socket or as an HTTP body.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MessageBytes { get; init; } = 102_400;

    /// <summary>Any other HTTP body, uploads aside.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int RequestBytes { get; init; } = 1_048_576;

    /// <summary>A person's preferences.</summary>
    [Range(1024, 1_048_576)]
    public int PreferencesBytes { get; init; } = 16_384;

    [Range(0, long.MaxValue)]
    public long UploadBytes { get; init; } = 104_857_600;

    /// <summary>Payloads over this travel compressed, smaller ones do not.</summary>
    [Range(256, int.MaxValue)]
    public int CompressAboveBytes { get; init; } = 10_240;

    /// <summary>Writes that a client may replay at once after it was offline, on top of its ordinary budget.</summary>
    [Range(0, int.MaxValue)]
    public int ReplayAllowance { get; init; } = 500;

    /// <summary>Channels that one socket may listen to.</summary>
    [Range(0, int.MaxValue)]
    public int ChannelsPerConnection { get; init; } = 1000;

    /// <summary>Pings that one socket may send in a minute.</summary>
    [Range(0, int.MaxValue)]
    public int PingsPerMinute { get; init; } = 60;
}

/// <summary>Log-in sessions and their tokens (AU-2).</summary>
internal sealed record SessionOptions
{
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>From the last rotation.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>However often it is refreshed, a log-in ends after this.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A refresh token used a second time within this answers with its one successor.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan RefreshGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a log-in or a step-up counts as proof for dangerous operations.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:15:00")]
    public TimeSpan RecentProof { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often each node asks which log-ins other nodes have ended.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:05")]
    public TimeSpan EndedCheck { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a key signs access tokens before the next one takes over.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan SigningKeyLifetime { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>How passwords are stored (AU-1).</summary>
internal sealed record PasswordOptions
{
    /// <summary>Rounds of PBKDF2-HMAC-SHA512. Hashes made with fewer are renewed at the next log-in.</summary>
    [Range(210_000, 100_000_000)]
    public int Iterations { get; init; } = 220_000;

    /// <summary>Log-ins and registrations that may wait for their turn; what comes beyond is told to come back.</summary>
    [Range(0, 100_000)]
    public int Queue { get; init; } = 200;
}

/// <summary>Proving an address and setting a password anew (AU-6).</summary>
internal sealed record AccountOptions
{
    /// <summary>
    /// Whether people must have proven their address before they may bring others into a workspace. Unset: where mails go out, since elsewhere
    /// nobody could.
    /// </summary>
    public bool? RequireVerifiedEmail { get; init; }

    /// <summary>How long the link that proves an address can be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan VerificationLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the link that sets a password anew can be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "00:30:00")]
    public TimeSpan ResetLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Such mails to one address, of each kind; what is asked for beyond is answered the same and not sent.</summary>
    [Range(1, 1000)]
    public int MailsPerHour { get; init; } = 5;

    [Range(1, 10_000)]
    public int MailsPerDay { get; init; } = 10;

    /// <summary>Such mails asked for from one network, of each kind.</summary>
    [Range(1, 100_000)]
    public int MailsPerHourFromNetwork { get; init; } = 100;
}

/// <summary>How guessing is held up (AU-5): after so many failures each further one costs 1, 2, 4 … seconds.</summary>
internal sealed record LogInOptions
{
    /// <summary>Failures at one account from devices it does not know, or from one that it knows, before anything is held up.</summary>
    [Range(1, 20)]
    public int FreeFailures { get; init; } = 5;

    /// <summary>Failures from one network (/24, or /64 in IPv6), whatever the account.</summary>
    [Range(1, 100_000)]
    public int FreeFailuresOfNetwork { get; init; } = 100;

    /// <summary>No hold is longer.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan LongestHold { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a try to log in stays recorded.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan AttemptsKept { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>Invitations to workspaces (OR-2).</summary>
internal sealed record InvitationOptions
{
    /// <summary>How long the link in the mail can be used.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>Workspaces themselves (OR-4).</summary>
internal sealed record WorkspaceOptions
{
    /// <summary>How long the owners of a deleted workspace can bring it back; after that its rows are removed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan DeletionGrace { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Archives of whole workspaces (WH-3).</summary>
internal sealed record ExportOptions
{
    /// <summary>How long an archive can be downloaded; after that it is removed.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "90.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The largest archive, compressed. It is kept in the database until it expires.</summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long MaxBytes { get; init; } = 4_294_967_296;
}

/// <summary>Several requests in one (GW-8).</summary>
internal sealed record BatchOptions
{
    /// <summary>Requests that one batch may hold.</summary>
    [Range(1, 1_000)]
    public int MaxBatchSize { get; init; } = 50;
}

/// <summary>Finding messages by their words (TH-5).</summary>
internal sealed record SearchOptions
{
    /// <summary>Messages that are brought into the index each second; under more writing than that it lags behind, and catches up.</summary>
    [Range(100, 1_000_000)]
    public int IndexedPerSecond { get; init; } = 2_000;
}

/// <summary>Content items (CO).</summary>
internal sealed record ContentOptions
{
    /// <summary>The longest body, in UTF-16 units.</summary>
    [Range(10_000, 50_000_000)]
    public int BodyCharacters { get; init; } = 2_000_000;

    /// <summary>What has been in the trash for so long is removed for good.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan TrashFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many steps of a document a push may be behind; whoever is further behind loads the text again.</summary>
    [Range(100, 100_000)]
    public int RebaseUpdates { get; init; } = 10_000;

    /// <summary>After so many steps a text is written as a whole again.</summary>
    [Range(10, 10_000)]
    public int SnapshotUpdates { get; init; } = 200;

    /// <summary>How long after somebody began to write the text is written as a whole, and lists, search and webhooks are told.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SettleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Memory for the documents that were written in last.</summary>
    [Range(1_000_000, 100_000_000_000)]
    public long CacheBytes { get; init; } = 64 * 1024 * 1024;
}

/// <summary>Sockets (RT-2, RT-4, RT-5, RT-7).</summary>
internal sealed record RealtimeOptions
{
    /// <summary>The server is heard at least this often.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection silent for this long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The first message must come within this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session can be resumed after its connection ended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ResumeFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that may wait for one connection before it is told to come back.</summary>
    [Range(65_536, 1_073_741_824)]
    public int QueueBytes { get; init; } = 1_048_576;

    /// <summary>A client that missed more than this is given the channel's state instead of every change.</summary>
    [Range(1, 1_000_000)]
    public int MaxDelta { get; init; } = 10_000;

    /// <summary>How often each node compares the versions it serves with the database.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PositionCheck { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Somebody whose connection was cut or closed counts as present for so long, so that loading a page anew goes unnoticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PresenceGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long moves of threads are gathered before their workspaces' thread lists are told.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:01:00")]
    public TimeSpan HeadsEvery { get; init; } = TimeSpan.FromMilliseconds(250);
}

internal sealed record ProxyOptions
{
    /// <summary>Addresses or networks of proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
    [Network]
    public IReadOnlyList<string> Trusted { get; init; } = [];
}

internal sealed record CorsOptions
{
    /// <summary>Other origins whose pages may call the API and open sockets. The server's own needs no entry.</summary>
    [HttpAddress]
    public IReadOnlyList<string> Origins { get; init; } = [];
}

internal sealed record ClerkOptions
{
    [Secret]
    public string? WebhookSecret { get; init; }

    [HttpAddress]
    public string? Issuer { get; init; }

    public IReadOnlyList<string> AuthorizedParties { get; init; } = [];

    /// <summary>An OAuth application of Clerk's: people can sign in with Clerk from our sign-in screen.</summary>
    public string? ClientId { get; init; }

    [Secret]
    public string? ClientSecret { get; init; }
}

internal sealed record IdentityOptions
{
    /// <summary>OpenID Connect issuers whose tokens are accepted: addresses, or entries with more to say.</summary>
    public IReadOnlyList<IssuerOptions> Issuers { get; init; } = [];

    /// <summary>Makes an account for whoever comes from a provider for the first time; off: only people with an account come in.</summary>
    public bool AdmitNewPeople { get; init; } = true;

    /// <summary>Gives such people the account that has their email address, if provider and account have both verified it (docs/security/external-identity.md).</summary>
    public bool LinkVerifiedEmail { get; init; } = true;

    /// <summary>How far a provider's clock may be off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A provider's keys are looked at again after this; until then a withdrawn key still serves.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan KeysMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the last keys serve while the provider cannot be reached.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan KeysKeptFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Tokens with unknown keys make the keys be fetched again at most this often.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeysPause { get; init; } = TimeSpan.FromSeconds(30);

    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan KeysTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>One OpenID Connect issuer.</summary>
internal sealed record IssuerOptions
{
    /// <summary>Exactly as in its tokens' <c>iss</c>.</summary>
    [Required, HttpAddress, Alone]
    public string Issuer { get; init; } = "";

    /// <summary>What people call it; the host of its address when empty.</summary>
    public string? Name { get; init; }

    /// <summary>How addresses name it: <c>/sign-in/ID</c>. Made of its host when empty.</summary>
    [Slug]
    public string? Id { get; init; }

    /// <summary>What we are registered as there: people can sign in from our sign-in screen. Empty: its tokens are taken, and there is no button.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where it gave us one besides; PKCE protects the sign-in either way.</summary>
    [Secret]
    public string? ClientSecret { get; init; }

    /// <summary>What is asked for; <c>openid</c> must be among it.</summary>
    public string Scope { get; init; } = "openid email profile";

    /// <summary>One of these must be the token's <c>aud</c>. The server's public address when both lists are empty.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>One of these must be the token's <c>azp</c>, or <c>client_id</c> where it has none. Empty: any.</summary>
    public IReadOnlyList<string> AuthorizedParties { get; init; } = [];

    public string EmailClaim { get; init; } = "email";

    public string EmailVerifiedClaim { get; init; } = "email_verified";

    public string NameClaim { get; init; } = "name";

    /// <summary>The provider's id of the log-in, by which it is listed and can be ended alone.</summary>
    public string SessionClaim { get; init; } = "sid";
}

internal sealed record WebhookOptions
{
    /// <summary>Also permits http and any port.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Networks inside that may be called, under whatever name: <c>10.20.0.0/16</c>, or one address. Written as an address, also over http and any port.</summary>
    [Network]
    public IReadOnlyList<string> AllowNetworks { get; init; } = [];

    /// <summary>Names that may lead inside, also over http and any port.</summary>
    [HostName]
    public IReadOnlyList<string> AllowHosts { get; init; } = [];
}

/// <summary>Calls to addresses that users give (SE-5).</summary>
internal sealed record OutboundOptions
{
    /// <summary>Ports that they may name besides 80 and 443.</summary>
    [Port]
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>Resolving the name and connecting.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The whole call, to the last byte of the answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An answer's body, decompressed.</summary>
    [Range(1024, 5 * 1024 * 1024)]
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Calls to one host at the same time.</summary>
    [Range(1, 1000)]
    public int ConnectionsPerServer { get; init; } = 10;
}

internal sealed record GenerationOptions
{
    public ProviderOptions OpenAI { get; init; } = new();

    public ProviderOptions Gemini { get; init; } = new();

    public ProviderOptions Compatible { get; init; } = new();
}

internal sealed record ProviderOptions
{
    [Secret]
    public string? ApiKey { get; init; }

    [HttpAddress]
    public string? BaseUrl { get; init; }

    public string? Model { get; init; }
}

internal sealed record BackupOptions
{
    /// <summary><c>DataDirectory/keys/backup.key</c> when empty; never part of a backup.</summary>
    public string? KeyFile { get; init; }
}

/// <summary>The audit trail (SE-4).</summary>
internal sealed record AuditOptions
{
    /// <summary>
    /// The key that signs checkpoints, ECDSA P-256 as PEM. Empty: <c>DataDirectory/keys/audit.pem</c>, made at the first start. Nodes
    /// should have the same.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>How often chains that grew are signed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Secret fields in the database (SE-3).</summary>
internal sealed record SecretOptions
{
    /// <summary>
    /// The file with their keys, one a line in base64. Empty: <c>DataDirectory/keys/secrets.key</c>, made at the first start. Every node needs
    /// the same keys.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// Nodes with key files of their own pass the keys on to nodes that join, through the database, under a key made from its password. Only with an outside
    /// database that has one too long to be guessed, and not with a <c>KeyFile</c>.
    /// </summary>
    public bool ShareKeys { get; init; } = true;
}

internal sealed record LoggingOptions
{
    /// <summary><c>json</c>, <c>text</c>, or <c>auto</c>: text in Development or on a terminal, JSON elsewhere.</summary>
    [OneOf("auto", "json", "text")]
    public string Format { get; init; } = "auto";
}
