using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Tests.Authorization;

/// <summary>In which relation somebody asks.</summary>
public enum Asker
{
    Owner,
    Admin,
    Editor,
    Viewer,

    /// <summary>Was an editor and has been removed.</summary>
    Former,

    /// <summary>Has an account and a workspace, and nothing to do with this one.</summary>
    Stranger,

    /// <summary>An owner whose log-in was ended.</summary>
    Ended,

    Anonymous,
}

/// <summary>What it is asked about.</summary>
public enum Scene
{
    /// <summary>What somebody else made and everybody in the workspace sees.</summary>
    Open,

    /// <summary>What the asker made, or is.</summary>
    Own,

    /// <summary>A private thread of others.</summary>
    Private,

    /// <summary>A private thread of somebody else in which the asker takes part.</summary>
    Shared,

    /// <summary>An owner, or the role of one.</summary>
    OfOwner,
}

/// <summary>What the table says about an operation in a relation.</summary>
public enum Verdict
{
    Allowed,
    NotSignedIn,
    Invisible,
    Forbidden,

    /// <summary>Bad input, whoever sends it.</summary>
    Meaningless,
}

/// <summary>Reads the table: the tests and the page in docs/security are both made from this.</summary>
internal static class Judgement
{
    public static IEnumerable<Operation> All => Operations.Rest.Concat(Operations.Realtime);

    public static string? RoleOf(Asker asker) => asker switch
    {
        Asker.Owner or Asker.Ended => Roles.Owner,
        Asker.Admin => Roles.Admin,
        Asker.Editor => Roles.Editor,
        Asker.Viewer => Roles.Viewer,
        _ => null,
    };

    /// <summary>The scenes in which the operation may come out differently.</summary>
    public static IEnumerable<Scene> ScenesOf(Operation operation)
    {
        yield return Scene.Open;
        if (operation.Own is not null)
            yield return Scene.Own;
        if (operation.OfOwners is not null)
            yield return Scene.OfOwner;
        if (operation.About is About.InThread)
        {
            yield return Scene.Private;
            yield return Scene.Shared;
        }
    }

    public static Verdict Of(Operation operation, Asker asker, Scene scene)
    {
        if (operation.About is About.Nothing or About.Token)
            return Verdict.Allowed;
        if (asker is Asker.Anonymous or Asker.Ended)
            return Verdict.NotSignedIn;
        if (operation.About is About.Nobody)
            return Verdict.Meaningless;
        if (operation.About is About.Oneself)
            return Verdict.Allowed;
        // Nobody of these runs the installation.
        if (operation.About is About.Installation)
            return Verdict.Forbidden;

        if (RoleOf(asker) is not { } role || scene is Scene.Private)
            return Verdict.Invisible;
        var needed = scene is Scene.OfOwner ? operation.OfOwners : operation.Needs;
        if (needed is { } permission && Permissions.Allows(role, permission))
            return Verdict.Allowed;
        if (scene is Scene.Own && operation.Own is { } own && Permissions.Allows(role, own))
            return Verdict.Allowed;
        return operation.About is About.InDeletedWorkspace ? Verdict.Invisible : Verdict.Forbidden;
    }
}
