using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Registered extensions: <c>/api/users</c> (document 5).</summary>
public static class UsersResource
{
    private const int DefaultWithinMinutes = 30;
    private const int LongestWithinMinutes = 60 * 24 * 365;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/users", List).Needs(Permission.CallsRead).WithSummary("Registered extensions; of several contacts the one that is rung first");
        api.MapGet("/users/expiring", Expiring).Needs(Permission.CallsRead).Produces<BareFailure>(400).WithSummary("Registrations that end within so many minutes (default 30)");
        api.MapGet("/users/{username}/calls", Calls).Needs(Permission.CallsRead).WithSummary("Calls in progress of one extension");
        api.MapDelete("/users/{username}", RemoveAsync).Needs(Permission.CallsControl).Produces<BareFailure>(404).WithSummary("Drops all registrations of one extension");
    }

    private static Ok<List<User>> List(Identity who, IExchangeView exchange, TimeProvider time)
    {
        var users = new List<User>();
        foreach (var contacts in ByNumber(who, exchange, time))
            users.Add(User.From(contacts));

        return ApiAnswer.Bare(users);
    }

    private static Results<Ok<List<ExpiringUser>>, JsonHttpResult<BareFailure>> Expiring(Identity who, IExchangeView exchange, TimeProvider time, int? within)
    {
        if (within is < 0 or > LongestWithinMinutes)
            return ApiAnswer.FailBare(400, $"within must be 0 to {LongestWithinMinutes} minutes");

        var now = time.GetUtcNow();
        var limit = now.AddMinutes(within ?? DefaultWithinMinutes);
        var users = new List<ExpiringUser>();
        foreach (var contacts in ByNumber(who, exchange, time))
        {
            // The extension is registered for as long as its longest binding.
            var last = contacts.MaxBy(binding => binding.ExpiresAt)!;
            if (last.ExpiresAt <= limit)
                users.Add(new ExpiringUser(last.Number, last.Flow.Remote.HostText(), last.ExpiresAt, (int)Math.Round((last.ExpiresAt - now).TotalMinutes)));
        }

        return ApiAnswer.Bare(users);
    }

    private static Ok<List<UserCall>> Calls(Identity who, IExchangeView exchange, TimeProvider time, string username)
    {
        var now = time.GetUtcNow();
        return ApiAnswer.Bare(exchange.ActiveCalls(who.Tenant)
            .Where(call => call.CallerNumber == username || call.CalleeNumber == username)
            .Select(call => UserCall.From(call, now)).ToList());
    }

    private static async Task<Results<Ok<Done>, JsonHttpResult<BareFailure>>> RemoveAsync(
        Identity who, IExchangeView exchange, TimeProvider time, AuditLog audit, string username)
    {
        if (await exchange.UnregisterAsync(who.Tenant, username, time.GetUtcNow()) == 0)
            return ApiAnswer.FailBare(404, "User not found");

        audit.Write(who, "registration.drop", username);
        return ApiAnswer.Bare(new Done($"User {username} unregistered"));
    }

    private static IEnumerable<List<Binding>> ByNumber(Identity who, IExchangeView exchange, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return exchange.Bindings(who.Tenant).Where(binding => binding.ExpiresAt > now && !binding.IsLost)
            .GroupBy(binding => binding.Number).Select(group => group.ToList());
    }
}

/// <summary>A registered extension. The fields up to <see cref="RegistrationCount"/> are document 5's; contacts are ours.</summary>
/// <param name="Uri">The Contact URI.</param>
/// <param name="Address">The IP address that the phone is reached at.</param>
/// <param name="Expires">The granted lifetime in seconds.</param>
public sealed record User(
    string Number, string Uri, string Address, int Port, int Expires, DateTimeOffset ExpiresAt, DateTimeOffset RegisteredAt, DateTimeOffset LastSeen,
    string Status, int RegistrationCount, IReadOnlyList<UserContact> Contacts)
{
    internal static User From(IReadOnlyList<Binding> contacts)
    {
        var ordered = contacts.OrderByDescending(binding => binding.Q).ThenByDescending(binding => binding.LastSeen).ToList();
        var first = ordered[0];
        return new User(
            first.Number, first.ContactUri, first.Flow.Remote.HostText(), first.Flow.Remote.Port, first.ExpiresSeconds, first.ExpiresAt, first.RegisteredAt,
            first.LastSeen, "REGISTERED", first.RegistrationCount, ordered.ConvertAll(UserContact.From));
    }
}

/// <summary>One contact of an extension.</summary>
/// <param name="Q">The preference, 0 to 1.</param>
public sealed record UserContact(
    string Uri, string Transport, string Address, int Port, double Q, DateTimeOffset ExpiresAt, string UserAgent, bool BehindNat)
{
    internal static UserContact From(Binding binding) => new(
        binding.ContactUri, binding.Flow.Transport.ToString().ToUpperInvariant(), binding.Flow.Remote.HostText(), binding.Flow.Remote.Port,
        binding.Q / 1000.0, binding.ExpiresAt, binding.UserAgent, binding.BehindNat);
}

/// <summary>A registration that ends soon.</summary>
public sealed record ExpiringUser(string Number, string Address, DateTimeOffset ExpiresAt, int MinutesUntilExpiry);
