using Renexus.Engine.Text;

namespace Renexus.Engine.Tests.Text;

[Trait("spec", "CO-2")]
public sealed class RopeTests
{
    [Fact]
    public void TX7_a_rope_is_its_text_whatever_was_done_to_it()
    {
        var random = new Random(7);
        var (rope, text) = (Rope.Empty, "");
        for (var step = 0; step < 3_000; step++)
        {
            // Now and then a paste of many chunks, and now and then a large deletion.
            var from = RandomTexts.Place(random, text, 0);
            var to = random.Next(200) == 0 ? RandomTexts.Place(random, text, from) : RandomTexts.Place(random, text, from, most: 5);
            var insert = random.Next(100) == 0 ? string.Concat(Enumerable.Repeat(RandomTexts.Text(random, 20), 200)) : RandomTexts.Text(random, 3);
            rope = rope.Apply(ChangeSet.Replace(text.Length, from, to, insert));
            text = string.Concat(text.AsSpan(0, from), insert, text.AsSpan(to));
            Assert.Equal(text.Length, rope.Length);
            if (step % 50 != 0)
                continue;
            Assert.Equal(text, rope.ToString());
            if (text.Length > 0)
                Assert.Equal(text[from % text.Length], rope[from % text.Length]);
            Assert.Equal(text[(from / 2)..(to / 2)], rope.Slice(from / 2, (to / 2) - (from / 2)).ToString());
        }
    }

    [Fact]
    public void TX7_a_change_of_a_large_text_costs_what_it_changes()
    {
        var (small, large) = (AllocatedByTyping(2_048), AllocatedByTyping(4 * 1024 * 1024));

        // Two thousand times the text, and a few more levels of the tree.
        Assert.True(large < small * 10, $"Typing in a large text allocated {large} bytes, in a small one {small}.");
    }

    [Fact]
    public void TX7_typing_character_by_character_leaves_few_chunks()
    {
        var rope = Rope.Empty;
        for (var i = 0; i < 50_000; i++)
            rope = rope.Apply(ChangeSet.Replace(rope.Length, rope.Length, rope.Length, "x"));

        Assert.InRange(rope.Chunks, 1, 50);
    }

    private static long AllocatedByTyping(int length)
    {
        var rope = Rope.Of(new string('a', length));
        Type(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Type(500);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Type(int count)
        {
            for (var i = 0; i < count; i++)
                rope = rope.Apply(ChangeSet.Replace(rope.Length, rope.Length / 2, rope.Length / 2, "x"));
        }
    }
}
