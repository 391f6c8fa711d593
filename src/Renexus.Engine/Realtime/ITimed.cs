namespace Renexus.Engine.Realtime;

/// <summary>Something that wants to be looked at from time to time.</summary>
public interface ITimed
{
    /// <summary>It is time. Answers when to look again, from now; null for never.</summary>
    TimeSpan? OnTime();
}
