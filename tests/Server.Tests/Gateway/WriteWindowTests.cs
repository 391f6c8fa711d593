using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Tests.Gateway;

/// <summary>How far a client may write ahead of its answers (RT-7).</summary>
[Trait("spec", "RT-7")]
public sealed class WriteWindowTests
{
    [Fact]
    public async Task A_write_waits_until_enough_of_those_before_it_are_answered()
    {
        var window = new WriteWindow(100);
        await window.EnterAsync(60);
        await window.EnterAsync(40);

        var third = window.EnterAsync(50);
        window.Leave(40);
        Assert.False(third.IsCompleted);
        window.Leave(60);

        await third;
        Assert.False(window.EnterAsync(51).IsCompleted);
    }

    [Fact]
    public async Task A_write_that_is_larger_than_the_window_goes_alone()
    {
        var window = new WriteWindow(100);
        await window.EnterAsync(500);

        var next = window.EnterAsync(1);
        Assert.False(next.IsCompleted);
        window.Leave(500);

        await next;
    }
}
