using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>
/// Makes the account of the environment (SIP_SERVER) a SIP profile of the home tenant, and changes it when the environment has changed. What the environment does not
/// name stays as somebody has set it, whether it is switched on too.
/// </summary>
internal static class AccountProfile
{
    /// <summary>Saves it; null when all is well, else why there is none, for people.</summary>
    public static async Task<string?> SaveAsync(TandemStorage storage, TandemOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!AccountServer.TryParse(options.Account.Server, out var host, out var port, out var transport))
            return null;

        try
        {
            var before = await storage.Profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, cancellation);
            var draft = new ProfileDraft
            {
                Name = AccountOptions.ProfileName,
                Server = host,
                Port = port,
                Transport = transport,
                UserName = options.Account.UserName,
                Password = options.Account.Password?.Reveal(),
                Domain = Named(options.Account.Domain),
                CallerName = Named(options.Account.DisplayName),
            };
            if (draft.Over(before ?? ProfilesResource.Blank(TenantId.Default), now, out var fault) is not { } profile)
                return fault;

            if (before is null)
                await storage.Profiles.AddAsync(profile, options.Trunks.MaxProfiles, cancellation);
            else if (profile.NeedsNewRegistration(before) || profile.CallerName != before.CallerName)
                await storage.Profiles.UpdateAsync(profile, cancellation); // another node that starts now has the same to say
            return null;
        }
        catch (StorageException e)
        {
            return e.Message;
        }
    }

    private static string? Named(string value) => value.Length > 0 ? value : null;
}
