using Renexus.Engine.Changes;

namespace Renexus.Engine.Realtime;

/// <summary>The node itself, when it listens to a channel. Both are called under the channel's lock or near it: be quick.</summary>
public interface IWatcher
{
    /// <summary>The next change of the channel.</summary>
    void OnChange(Change change);

    /// <summary>Changes may have been missed for good: what was concluded from the channel holds no longer.</summary>
    void OnMissed();
}
