using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Tests.Features.Workspaces;

[Trait("spec", "OR-1")]
[Trait("security", "SEC-AUTHZ-01")]
public class PermissionsTests
{
    private static readonly string[] FromMostToLeast = [Roles.Owner, Roles.Admin, Roles.Editor, Roles.Viewer];

    [Fact]
    public void Every_permission_is_in_the_table_and_a_higher_role_has_all_that_a_lower_one_has()
    {
        foreach (var permission in Enum.GetValues<Permission>())
        {
            var roles = Permissions.RolesFor(permission);

            Assert.Equal(FromMostToLeast.Take(roles.Length), roles);
        }
    }

    [Fact]
    public void Owners_are_managed_by_owners_and_everybody_else_by_admins()
    {
        Assert.Equal(Permission.ManageOwners, Permissions.ToManage(Roles.Owner));
        Assert.All(FromMostToLeast.Skip(1), role => Assert.Equal(Permission.ManageMembers, Permissions.ToManage(role)));
        Assert.False(Permissions.Allows(Roles.Admin, Permission.ManageOwners));
        Assert.False(Permissions.Allows(Roles.Admin, Permission.DeleteWorkspace));
        Assert.False(Permissions.Allows(Roles.Editor, Permission.ManageMembers));
    }
}
