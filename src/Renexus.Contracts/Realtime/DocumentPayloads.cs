using System.Text.Json;
using System.Text.Json.Serialization;

namespace Renexus.Contracts.Realtime;

/// <summary>Hands steps of a document's text in (CO-2): <c>update</c> with an <c>id</c> on <c>content:ID</c>.</summary>
/// <param name="Op"><see cref="Ops.Push"/>.</param>
/// <param name="Base">The document's version that the first of them was made on; older than the newest is fine.</param>
/// <param name="Updates">In order, each made on top of the one before.</param>
public sealed record PushPayload(string Op, long Base, IReadOnlyList<TextUpdate> Updates);

/// <summary>The text took steps; each makes the document's version one higher. Apply message by message, in order (docs/spec/documents.md).</summary>
/// <param name="Op"><see cref="Ops.Updates"/>.</param>
/// <param name="From">The document's version before them.</param>
/// <param name="Updates">In order; one's own among them are the confirmation.</param>
/// <param name="Cause">The push's <c>id</c>, with the last step of it; null with the others and when the server did it.</param>
public sealed record UpdatesPayload(
    string Op, long From, IReadOnlyList<TextUpdate> Updates, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Cause);

/// <summary>A step of a document's text.</summary>
/// <param name="ClientID">The editor that made it: one instance, never two at once.</param>
/// <param name="Changes">The JSON of a CodeMirror ChangeSet.</param>
/// <param name="Actor">Who; not sent by clients.</param>
public sealed record TextUpdate(string ClientID, JsonElement Changes, Guid? Actor = null);
