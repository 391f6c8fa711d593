using System.Text.Json;
using Renexus.Contracts;
using Renexus.Engine.Changes;

namespace Renexus.Micro;

/// <summary>A message of 200 bytes as it stands in a thread, and what announces it.</summary>
internal static class Samples
{
    public static readonly ChannelId Channel = new(3, Guid.Parse("01990000-0000-7000-8000-000000000003"));

    public static readonly Message Message = new(
        Guid.Parse("01990000-0000-7000-8000-000000000001"), Channel.Id, Guid.Parse("01990000-0000-7000-8000-000000000002"), new string('x', 200), ReplyTo: null, [], [],
        Version: 1, DateTimeOffset.UnixEpoch, EditedAt: null);

    private static readonly byte[] Json = JsonSerializer.SerializeToUtf8Bytes(Message, ContractsJson.Lenient.Message);

    /// <summary>Its change at a version of the channel.</summary>
    public static Change ChangeAt(long version) => new(
        Channel, version, 1, ChangeOp.Create, "message", Message.Id, Json, Message.AuthorId, "01990000-0000-7000-8000-000000000004");
}
