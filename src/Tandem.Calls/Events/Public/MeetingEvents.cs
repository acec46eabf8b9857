using System.Text.Json;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Rooms;

namespace Tandem.Calls.Events.Public;

/// <summary>Rooms and supervisors as the outside is told of them.</summary>
internal static class MeetingEvents
{
    public static string Of(RoomEventKind kind) => kind switch
    {
        RoomEventKind.Started => PublicEventTypes.ConferenceStarted,
        RoomEventKind.Ended => PublicEventTypes.ConferenceEnded,
        RoomEventKind.Joined => PublicEventTypes.ConferenceJoined,
        RoomEventKind.Left => PublicEventTypes.ConferenceLeft,
        RoomEventKind.Admitted => PublicEventTypes.ConferenceAdmitted,
        RoomEventKind.MemberChanged => PublicEventTypes.ConferenceMember,
        RoomEventKind.Hand => PublicEventTypes.ConferenceHand,
        RoomEventKind.Talking or RoomEventKind.Silent => PublicEventTypes.ConferenceTalking,
        RoomEventKind.Speaker => PublicEventTypes.ConferenceSpeaker,
        RoomEventKind.Locked or RoomEventKind.Unlocked => PublicEventTypes.ConferenceLocked,
        RoomEventKind.Recording => PublicEventTypes.ConferenceRecording,
        RoomEventKind.Played => PublicEventTypes.ConferencePlayed,
        RoomEventKind.Dialling or RoomEventKind.Dialled => PublicEventTypes.ConferenceDial,
        _ => PublicEventTypes.ConferenceRefused,
    };

    public static string Of(MonitorEventKind kind) => kind switch
    {
        MonitorEventKind.Started => PublicEventTypes.MonitorStarted,
        MonitorEventKind.ModeChanged => PublicEventTypes.MonitorMode,
        MonitorEventKind.Waiting => PublicEventTypes.MonitorWaiting,
        MonitorEventKind.TakenOver => PublicEventTypes.MonitorTakenOver,
        MonitorEventKind.Ended => PublicEventTypes.MonitorEnded,
        _ => PublicEventTypes.MonitorRefused,
    };

    public static void Write(Utf8JsonWriter json, RoomEvent room)
    {
        json.WriteString("room"u8, room.Room.Name);
        json.WriteString("what"u8, room.Kind.ToString().ToLowerInvariant());
        json.WriteNumber("members"u8, room.Members);
        json.WriteString("number"u8, room.Number);
        json.WriteString("text"u8, room.Text);
        if (room.CommandId.Length > 0)
            json.WriteString("commandId"u8, room.CommandId);
        if (room.Member is not { } member)
        {
            json.WriteNull("member"u8);
            return;
        }

        json.WriteStartObject("member"u8);
        json.WriteNumber("member"u8, member.Id.Value);
        json.WriteString("callId"u8, member.Call.Value);
        json.WriteString("number"u8, member.Number);
        json.WriteString("role"u8, member.Role.ToString().ToLowerInvariant());
        json.WriteBoolean("muted"u8, member.Seat.IsMuted);
        json.WriteBoolean("deaf"u8, member.Seat.IsDeaf);
        json.WriteBoolean("waiting"u8, member.IsWaiting);
        json.WriteBoolean("handUp"u8, member.HasHandUp);
        json.WriteBoolean("speaking"u8, member.IsSpeaking);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MonitorEvent monitor)
    {
        json.WriteString("supervisor"u8, monitor.Supervisor);
        json.WriteString("supervisorCallId"u8, monitor.SupervisorCall.Value);
        json.WriteString("agent"u8, monitor.Agent);
        json.WriteString("mode"u8, monitor.Mode.ToString().ToLowerInvariant());
        json.WriteString("text"u8, monitor.Text);
    }
}
