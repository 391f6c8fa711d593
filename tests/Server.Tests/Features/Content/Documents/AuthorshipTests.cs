using Renexus.Engine.Text;
using Renexus.Server.Features.Content.Documents;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>Who wrote what, against a list that has the writer of each unit.</summary>
[Trait("spec", "CO-4")]
public sealed class AuthorshipTests
{
    /// <summary>What one person writes within so many revisions may be told as one stretch, with the last of them.</summary>
    private const int Block = 200;

    private static readonly Guid?[] People = [Guid.Parse("01990000-0000-7000-8000-000000000001"), Guid.Parse("01990000-0000-7000-8000-000000000002"), null];

    [Fact]
    public void DC10_every_unit_keeps_who_wrote_it_and_when_however_many_steps_are_taken_at_once()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var (units, known, n) = (new List<(Guid? Author, long N)>(), Authorship.Read("[]"), 0L);
            for (var batch = 0; batch < 6; batch++)
            {
                known = known.After(Enumerable.Range(0, random.Next(20)).Select(_ => Step(random, units, n += random.Next(1, 90))).ToArray());
                var kept = Authorship.Read(known.ToJson());
                Assert.Equal(known.Spans, kept.Spans);
                known = kept;
                var told = known.Spans.SelectMany(span => Enumerable.Repeat((Author: span.AuthorId, span.N), span.Length)).ToArray();
                Assert.Equal(units.Select(unit => (unit.Author, unit.N / Block)), told.Select(unit => (unit.Author, unit.N / Block)));
                Assert.All(units.Zip(told), pair => Assert.True(pair.Second.N >= pair.First.N));
            }
        }
    }

    /// <summary>Somebody puts something in the place of a stretch, in one or two steps.</summary>
    private static Authorship.StepsRow Step(Random random, List<(Guid? Author, long N)> units, long n)
    {
        var author = People[random.Next(People.Length)];
        var updates = new List<DocumentUpdate>();
        for (var steps = random.Next(1, 3); steps > 0; steps--)
        {
            var from = random.Next(units.Count + 1);
            var deleted = random.Next(Math.Min(6, units.Count - from) + 1);
            var text = new string('x', random.Next(deleted == 0 ? 1 : 0, 6));
            updates.Add(new DocumentUpdate("editor", ChangeSet.Replace(units.Count, from, from + deleted, text)));
            units.RemoveRange(from, deleted);
            units.InsertRange(from, Enumerable.Repeat((author, n), text.Length));
        }
        return new Authorship.StepsRow(n, author, UpdateJson.Write(updates));
    }
}
