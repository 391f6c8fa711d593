using Renexus.Engine.Text;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Tests.Features.Content.Documents;

public sealed class OpenDocumentsTests
{
    [Fact]
    public void DC12_What_was_not_written_in_for_the_longest_time_makes_room()
    {
        var documents = new OpenDocuments(new RenexusOptions { Content = new ContentOptions { CacheBytes = 1_000_000 } });
        Guid[] ids = [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())];
        foreach (var id in ids[..3])
            documents.Keep(new OpenDocument(id, 0, Rope.Of(new string('a', 150_000)), []));

        // The first is written in again, and then there is one too many.
        documents.Keep(documents.Find(ids[0])!);
        documents.Keep(new OpenDocument(ids[3], 0, Rope.Of(new string('a', 150_000)), []));

        Assert.Equal([true, false, true, true], ids.Select(id => documents.Find(id) is not null));
        Assert.InRange(documents.Bytes, 900_000, 1_000_000);
        // Its text is given for exactly the version that was kept.
        Assert.Equal((150_000, null, null), (documents.TextAt(ids[0], 0)!.Length, documents.TextAt(ids[0], 1)?.Length, documents.TextAt(ids[1], 0)?.Length));
        // One that is larger than all there is room for is kept alone.
        documents.Keep(new OpenDocument(ids[1], 0, Rope.Of(new string('a', 600_000)), []));
        Assert.Equal([false, true, false, false], ids.Select(id => documents.Find(id) is not null));
    }
}
