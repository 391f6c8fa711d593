using Renexus.Engine.Changes;

namespace Renexus.Server.Gateway;

/// <summary>
/// A resource whose changes are events for programs outside (WH-2, WH-4): <c>message.created</c>. A feature registers each once. What it announces on a
/// channel of this kind is what is told; the same change on other channels is not told twice.
/// </summary>
/// <param name="Name">As it is announced.</param>
/// <param name="ChannelKind">One of workspaces: what is on a person's own channel is nobody else's.</param>
/// <param name="Address">Where the API gives the whole of it, with <c>{0}</c> for its id: for what is too large to be sent.</param>
internal sealed record PublicResource(string Name, short ChannelKind, string Address)
{
    public string TypeOf(ChangeOp op) => $"{Name}.{WordOf(op)}";

    public IEnumerable<string> Types => new[] { ChangeOp.Create, ChangeOp.Update, ChangeOp.Delete }.Select(TypeOf);

    private static string WordOf(ChangeOp op) => op switch { ChangeOp.Create => "created", ChangeOp.Update => "updated", _ => "deleted" };
}
