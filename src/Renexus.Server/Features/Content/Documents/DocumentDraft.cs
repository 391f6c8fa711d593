using Renexus.Engine.Text;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>What pushes make of a document, before it is committed: each on top of the ones before it, and one that is refused leaves it as it was.</summary>
internal sealed class DocumentDraft(OpenDocument document, long version, int mostUnits)
{
    private readonly List<AcceptedUpdate> steps = [];
    private readonly List<Accepted> pushes = [];

    public OpenDocument Document => document;

    public Rope Text { get; private set; } = document.Text;

    /// <summary>All that was taken.</summary>
    public IReadOnlyList<AcceptedUpdate> Steps => steps;

    /// <summary>Those that changed something.</summary>
    public IReadOnlyList<Accepted> Pushes => pushes;

    /// <summary>The version of the document.</summary>
    public long Version => document.Version + steps.Count;

    /// <summary>The item's.</summary>
    public long ItemVersion => version + pushes.Count;

    /// <summary>Takes a push, or says why not. One whose steps are all known changes nothing.</summary>
    public CodedProblem? Add(DocumentPush push, int index)
    {
        IReadOnlyList<DocumentUpdate> rebased;
        var text = Text;
        try
        {
            RequireOwn(push);
            rebased = DocumentUpdate.Rebase(push.Updates, [.. document.Since(push.Base), .. steps], text.Length);
            foreach (var update in rebased)
            {
                if (update.Changes.CutsPair(text))
                    throw new BadChangeException("The change cuts a surrogate pair in two.");
                text = text.Apply(update.Changes);
            }
        }
        catch (BadChangeException e)
        {
            return new CodedProblem(ProblemCode.BadChange, e.Message);
        }
        if (text.Length > mostUnits && text.Length > Text.Length)
            return new CodedProblem(ProblemCode.PayloadTooLarge, $"A document has at most {mostUnits} characters (UTF-16 units); this would make it {text.Length}.");
        if (rebased.Count == 0)
            return null;
        AcceptedUpdate[] accepted = [.. rebased.Select(update => AcceptedUpdate.Of(update, push.AuthorId))];
        Text = text;
        steps.AddRange(accepted);
        pushes.Add(new Accepted(index, ItemVersion + 1, Version, accepted));
        return null;
    }

    /// <summary>Others believe by the name of an editor that steps are their own; nobody goes by the name of somebody else's.</summary>
    private void RequireOwn(DocumentPush push)
    {
        foreach (var clientId in push.Updates.Select(update => update.ClientId).Distinct(StringComparer.Ordinal))
        {
            if (document.IsOthers(clientId, push.AuthorId) || steps.Exists(step => step.AuthorId != push.AuthorId && string.Equals(step.ClientId, clientId, StringComparison.Ordinal)))
                throw new BadChangeException($"The clientID {clientId} is that of somebody else's editor; make one of your own.");
        }
    }

    /// <summary>A push that changed something.</summary>
    /// <param name="Index">Its place in the batch.</param>
    /// <param name="N">The item's version after it.</param>
    /// <param name="Document">The document's.</param>
    internal sealed record Accepted(int Index, long N, long Document, IReadOnlyList<AcceptedUpdate> Steps);
}
