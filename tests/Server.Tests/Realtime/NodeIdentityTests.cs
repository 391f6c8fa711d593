using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Tests.Postgres;

namespace Renexus.Server.Tests.Realtime;

/// <summary>Which node a process is: the same after a restart, another one beside a living one.</summary>
[Trait("spec", "RT-3")]
public sealed class NodeIdentityTests
{
    [Fact]
    public async Task A_process_that_comes_back_is_the_same_node_and_one_beside_it_another()
    {
        await using var data = new TemporaryFolder();
        Guid first, second;
        using (var one = new NodeIdentity(data.Path))
        using (var two = new NodeIdentity(data.Path))
            (first, second) = (one.Id, two.Id);

        using var again = new NodeIdentity(data.Path);
        using var beside = new NodeIdentity(data.Path);

        Assert.NotEqual(first, second);
        Assert.Equal((first, second), (again.Id, beside.Id));
    }

    [Fact]
    public async Task A_file_that_says_nothing_is_written_anew()
    {
        await using var data = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "node.id"), "", TestContext.Current.CancellationToken);
        Guid first;
        using (var one = new NodeIdentity(data.Path))
            first = one.Id;

        using var again = new NodeIdentity(data.Path);

        Assert.NotEqual(Guid.Empty, first);
        Assert.Equal(first, again.Id);
    }
}
