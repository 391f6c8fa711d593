namespace Renexus.Contracts.Realtime;

/// <summary>The hello: the first message of a connection, <c>subscribe</c> on <c>$session</c>; again with a new token it renews in place (RT-2).</summary>
public sealed record HelloPayload
{
    /// <summary>The access token; absent when the upgrade request carried it as bearer.</summary>
    public string? Token { get; init; }

    /// <summary>What the client is, for logs and the operator's page: name and version.</summary>
    public string? Client { get; init; }

    /// <summary>The session of the welcome before, to resume it (RT-5).</summary>
    public string? Session { get; init; }

    /// <summary>What to subscribe to at once, with the place to continue from.</summary>
    public IReadOnlyList<ChannelPosition>? Channels { get; init; }
}

/// <summary>A channel and how far the client holds it.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="V">The last version applied; absent to begin live.</param>
/// <param name="E">The epoch of <paramref name="V"/>.</param>
/// <param name="Presence">As in <see cref="SubscribePayload.Presence"/>.</param>
public sealed record ChannelPosition(string Channel, long? V = null, string? E = null, bool? Presence = null);

/// <summary>The answer to the hello, <c>update</c> on <c>$session</c>.</summary>
/// <param name="Op"><see cref="Ops.Welcome"/>.</param>
/// <param name="Session">Give it back in the next hello to resume.</param>
/// <param name="Resumed">Whether the session of the hello was still kept.</param>
/// <param name="User">The id of the user who is signed in.</param>
/// <param name="ExpiresAt">When the access token runs out.</param>
/// <param name="Heartbeat">Seconds: something arrives at least this often.</param>
/// <param name="Timeout">Seconds without a sign of the client after which the server closes (RT-4).</param>
/// <param name="ResumeFor">Seconds the session is kept after a disconnect (RT-5).</param>
/// <param name="Limits">What the connection must keep to.</param>
public sealed record WelcomePayload(
    string Op,
    string Session,
    bool Resumed,
    Guid User,
    DateTimeOffset ExpiresAt,
    int Heartbeat,
    int Timeout,
    int ResumeFor,
    RealtimeLimits Limits);

/// <summary>The limits of a connection; 0 means none (PROTOCOL, Limits).</summary>
/// <param name="ConnectionsPerUser">Open connections of one user in the whole cluster.</param>
/// <param name="MessageBytes">Bytes of one message, after decompression.</param>
/// <param name="MessagesPerMinute">Ordinary writes of one client a minute.</param>
/// <param name="DocumentPushesPerMinute">Document pushes a minute.</param>
/// <param name="EphemeralPerMinute">Typing, cursors and presence a minute; more are merged.</param>
public sealed record RealtimeLimits(
    int ConnectionsPerUser,
    int MessageBytes,
    int MessagesPerMinute,
    int DocumentPushesPerMinute,
    int EphemeralPerMinute);

/// <summary>The end of an event stream, in place of a socket's close frame: <c>update</c> on <c>$session</c>.</summary>
/// <param name="Op"><see cref="Ops.Closed"/>.</param>
/// <param name="Code">One of <see cref="CloseCodes"/>.</param>
/// <param name="Reason">For people.</param>
public sealed record ClosedPayload(string Op, int Code, string? Reason);

/// <summary>The answer of <c>GET /api/poll</c>.</summary>
/// <param name="Messages">What happened, in the order of each channel.</param>
/// <param name="Cursor">Give it to the next poll; asking again with the one before brings the same again.</param>
public sealed record PolledMessages(IReadOnlyList<RealtimeMessage> Messages, string Cursor);

/// <summary>The answer of <c>POST /api/send</c>.</summary>
/// <param name="Messages">Each message's acknowledgement or error, named by its <c>re</c>; acknowledgements come as they are committed.</param>
public sealed record SentMessages(IReadOnlyList<RealtimeMessage> Messages);
