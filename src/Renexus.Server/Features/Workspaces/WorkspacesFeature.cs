using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Features.Workspaces;

/// <summary>Where teams work: workspaces, who belongs to them in which role, and invitations.</summary>
internal static class WorkspacesFeature
{
    public static WebApplicationBuilder AddWorkspaces(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Invitations>();
        builder.Services.AddSingleton<DeletedWorkspaces>();
        builder.Services.AddRecurring<WorkspaceRemoval>(WorkspaceRemoval.Kind, WorkspaceRemoval.EveryQuarter, removal => removal.RunAsync);
        builder.Services.AddSingleton<WorkspaceNotices>();
        builder.Services.AddSingleton<InvitationMail>();
        builder.Services.AddMailKind<InvitationMail>(InvitationMail.Kind, mail => mail.WriteAsync);
        builder.Services.AddMailKind<InvitationMail>(InvitationMail.UsedKind, _ => InvitationMail.WriteUsedAsync);
        builder.Services.AddSingleton<ProfileReaction>(ProfileNews.AnnounceAsync);
        builder.Services.AddSingleton<AccountEnding>(LeaveAll.RunAsync);
        builder.Services.AddSingleton<FollowedOrganizations>();
        builder.Services.AddSingleton(services => services.GetRequiredService<FollowedOrganizations>().Follower);
        builder.Services.AddSingleton(OwnMemberships.Export);
        foreach (var part in WorkspaceParts.All)
            builder.Services.AddSingleton(part);
        foreach (var resource in (string[])["workspace", "member", "invitation"])
            builder.Services.AddSingleton(new PublicResource(resource, Channels.WorkspaceKind, "/api/workspaces"));
        builder.AddChannel<WorkspaceChannel>(channel => channel.Rules);
        return builder;
    }

    public static IEndpointRouteBuilder MapWorkspaces(this IEndpointRouteBuilder routes)
    {
        var workspaces = routes.MapGroup("/api/workspaces").WithTags("Workspaces").ProducesProblem(StatusCodes.Status401Unauthorized);
        workspaces.MapGet("/", ListWorkspaces.HandleAsync).WithSummary("The workspaces you belong to");
        workspaces.MapPost("/", CreateWorkspace.HandleAsync).WithSummary("Make a workspace and become its owner")
            .ProducesProblem(StatusCodes.Status409Conflict);

        var workspace = workspaces.MapGroup("/{workspaceId:guid}")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        workspace.MapGet("/", GetWorkspace.HandleAsync).WithSummary("A workspace");
        workspace.MapPatch("/", UpdateWorkspace.HandleAsync).WithSummary("Rename a workspace")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
        workspace.MapDelete("/", DeleteWorkspace.HandleAsync).NeedsRecentProof().WithSummary("Delete a workspace")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

        workspace.MapPost("/restore", RestoreWorkspace.HandleAsync).WithSummary("Bring a deleted workspace back");
        workspace.MapPost("/transfer", TransferWorkspace.HandleAsync).NeedsRecentProof().WithSummary("Make another member the owner in your place");

        workspace.MapGet("/members", ListMembers.HandleAsync).WithSummary("Who belongs to a workspace");
        workspace.MapGet("/presence", ListPresence.HandleAsync).WithSummary("Who of a workspace is connected, and when the others were last");
        workspace.MapPost("/members", AddMember.HandleAsync).WithSummary("Bring a person in by email, or invite who has no account")
            .ProducesProblem(StatusCodes.Status409Conflict);
        workspace.MapPatch("/members/{userId:guid}", ChangeMember.HandleAsync).WithSummary("Give a member another role")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        workspace.MapDelete("/members/{userId:guid}", RemoveMember.HandleAsync).WithSummary("Remove a member, or leave")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        workspace.MapPost("/invitations", InvitePerson.HandleAsync).WithSummary("Invite a person by email")
            .ProducesProblem(StatusCodes.Status409Conflict);

        workspace.MapGet("/invitations", ListInvitations.HandleAsync).WithSummary("Who has been invited and has not come yet");
        workspace.MapDelete("/invitations/{invitationId:guid}", RevokeInvitation.HandleAsync).WithSummary("Take an invitation back");
        workspace.MapPost("/invitations/{invitationId:guid}/resend", ResendInvitation.HandleAsync)
            .WithSummary("Send an invitation again, with a new link");

        var invitation = routes.MapGroup("/api/invitations/{token}").WithTags("Workspaces").ProducesProblem(StatusCodes.Status404NotFound);
        invitation.MapGet("/", PreviewInvitation.HandleAsync).WithSummary("What the link of an invitation leads to").AllowAnonymous();
        invitation.MapPost("/accept", AcceptInvitation.HandleAsync).WithSummary("Join a workspace by the link of an invitation")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        return routes;
    }
}
