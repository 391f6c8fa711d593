using Renexus.Engine.Text;

namespace Renexus.Server.Features.Content.Documents;

/// <summary>A document as this node holds it: its text at a version, and the last steps up to it. Only the writer of its item touches it.</summary>
internal sealed class OpenDocument(Guid itemId, long version, Rope text, List<AcceptedUpdate> steps)
{
    /// <summary>Whoever is not further behind is rebased without asking the database.</summary>
    private const int KeptSteps = 1_000;

    // Roughly what a step and a chunk take besides their text.
    private const int StepBytes = 300;
    private const int ChunkBytes = 120;

    public Guid ItemId => itemId;

    public long Version { get; private set; } = version;

    public Rope Text { get; private set; } = text;

    /// <summary>The version that the steps begin at.</summary>
    public long From => Version - steps.Count;

    public long Bytes => (Text.Length * 2L) + (Text.Chunks * (long)ChunkBytes) + (steps.Count * (long)StepBytes);

    /// <summary>The steps after a version that is not before <see cref="From"/>.</summary>
    public IReadOnlyList<AcceptedUpdate> Since(long version) => steps.GetRange((int)(version - From), (int)(Version - version));

    /// <summary>Whether somebody else's editor goes by this name, as far as is known here.</summary>
    public bool IsOthers(string clientId, Guid authorId) =>
        steps.Exists(step => step.AuthorId != authorId && string.Equals(step.ClientId, clientId, StringComparison.Ordinal));

    /// <summary>Takes steps on, whose text was computed already.</summary>
    public void Take(Rope text, IReadOnlyCollection<AcceptedUpdate> taken)
    {
        Text = text;
        Version += taken.Count;
        steps.AddRange(taken);
        if (steps.Count > KeptSteps * 2)
            steps.RemoveRange(0, steps.Count - KeptSteps);
    }
}
