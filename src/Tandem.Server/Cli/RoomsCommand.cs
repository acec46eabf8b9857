using System.CommandLine;
using System.Globalization;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary><c>tandem rooms</c>: conference rooms that are kept. A running server follows within a second.</summary>
public static class RoomsCommand
{
    public static Command Create(CliContext context) => new("rooms", "Conference rooms that are kept: who may come in, and how they are led.")
    {
        List(context),
        Set(context),
        Remove(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the rooms; PINs are not shown.");
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            foreach (var room in await storage.Policies.RoomsAsync(tenant))
                context.Output.WriteLine(Describe(room));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Set(CliContext context)
    {
        var command = new Command("set", "Keeps a room, or changes it; what is not named stays.");
        var name = new Argument<string>("NAME") { Description = "Its digits, as they are dialled behind the prefix of rooms" };
        var title = new Option<string?>("--title") { Description = "For people" };
        var pins = new Option<string[]>("--pin") { Description = "ROLE (listener, participant, moderator or admin): sets its PIN to a line of standard input, one line for each in their order", AllowMultipleArgumentsPerToken = true };
        var without = new Option<string[]>("--no-pin") { Description = "ROLE: takes its PIN away", AllowMultipleArgumentsPerToken = true };
        var open = new Option<string?>("--open") { Description = "The role of who types no PIN; none: nobody comes in without" };
        var most = new Option<int?>("--max") { Description = "Members at once" };
        var waits = new Option<bool?>("--wait-for-moderator") { Description = "Music until a moderator is there" };
        var ends = new Option<bool?>("--end-with-moderator") { Description = "All are let go when the last moderator has left" };
        var records = new Option<bool?>("--record") { Description = "It is recorded from when the first comes" };
        command.Add(name);
        foreach (var option in new Option[] { title, pins, without, open, most, waits, ends, records })
            command.Add(option);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var kept = await FindAsync(storage, tenant, result.GetValue(name)!) ?? RoomDefinition.Made(result.GetValue(name)!);
            var room = kept with
            {
                Title = result.GetValue(title) ?? kept.Title,
                MaxMembers = result.GetValue(most) ?? kept.MaxMembers,
                WaitsForModerator = result.GetValue(waits) ?? kept.WaitsForModerator,
                EndsWithModerator = result.GetValue(ends) ?? kept.EndsWithModerator,
                IsRecorded = result.GetValue(records) ?? kept.IsRecorded,
            };
            var problem = TryRead(context, result.GetValue(pins) ?? [], result.GetValue(without) ?? [], result.GetValue(open), ref room) ?? room.Problem();
            if (problem is not null)
            {
                context.Complain(problem);
                return ExitCodes.Failed;
            }

            await storage.Policies.SaveAsync(tenant, room);
            await storage.Audit.WriteCommandAsync(tenant, "room.keep", room.Name, room.Title);
            context.Output.WriteLine(Describe(room));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Keeps a room no more; who is in it stays.");
        var name = new Argument<string>("NAME");
        command.Add(name);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (!await storage.Policies.RemoveRoomAsync(tenant, result.GetValue(name)!))
            {
                context.Complain("no such room is kept");
                return ExitCodes.Failed;
            }

            await storage.Audit.WriteCommandAsync(tenant, "room.forget", result.GetValue(name)!);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task<RoomDefinition?> FindAsync(TandemStorage storage, TenantId tenant, string name) =>
        (await storage.Policies.RoomsAsync(tenant)).FirstOrDefault(room => room.Name == name);

    // What is wrong, or null.
    private static string? TryRead(CliContext context, string[] pins, string[] without, string? open, ref RoomDefinition room)
    {
        var known = room.Pins.ToDictionary();
        foreach (var word in without)
        {
            if (RoomText.Role(word) is not { } role)
                return $"--no-pin: a role is expected, one of {RoomText.Roles}";

            known.Remove(role);
        }

        // A PIN on the command line would be seen by everybody on the machine (ps), and stay in the history of the shell.
        foreach (var word in pins)
        {
            if (RoomText.Role(word) is not { } role)
                return $"--pin: a role is expected, one of {RoomText.Roles}; its PIN is read from standard input";
            if (CommandStorage.ReadSecret(context.Input) is not { } pin)
                return $"the PIN of {RoomText.Of(role)} on standard input is not accepted: a line for each --pin is expected; --no-pin takes one away";

            known[role] = new Secret(pin);
        }

        room = room with { Pins = known };
        if (open is null)
            return null;
        if (open != "none" && RoomText.Role(open) is null)
            return $"--open: none, or one of {RoomText.Roles} is expected";

        room = room with { Open = RoomText.Role(open) };
        return null;
    }

    private static string Describe(RoomDefinition room) => string.Create(
        CultureInfo.InvariantCulture,
        $"{room.Name,-16} {(room.Title.Length > 0 ? room.Title : "-"),-24} PINs {(room.Pins.Count > 0 ? string.Join(' ', room.Pins.Keys.Order().Select(RoomText.Of)) : "none")}; open for {(room.Open is { } open ? RoomText.Of(open) : "nobody")}{(room.WaitsForModerator ? "; waits for the moderator" : "")}{(room.EndsWithModerator ? "; ends with the moderator" : "")}{(room.IsRecorded ? "; recorded" : "")}{(room.MaxMembers is { } most ? $"; at most {most}" : "")}");
}
