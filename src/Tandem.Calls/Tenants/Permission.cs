namespace Tandem.Calls.Tenants;

/// <summary>
/// What may be done. The numbers stand for bits of a <see cref="PermissionSet"/> and are kept in memory only; the API and the database
/// know the words (<c>calls:read</c>).
/// </summary>
public enum Permission
{
    /// <summary>Calls in progress, registrations, who watches what, waiting messages.</summary>
    CallsRead,

    /// <summary>Steers calls and drops registrations.</summary>
    CallsControl,

    /// <summary>Ended calls and their export.</summary>
    CdrRead,

    /// <summary>Recordings and their sound.</summary>
    RecordingsRead,

    /// <summary>Deletes recordings.</summary>
    RecordingsWrite,

    /// <summary>Numbers that can register.</summary>
    ExtensionsRead,

    /// <summary>Changes them and sees new secrets once.</summary>
    ExtensionsWrite,

    /// <summary>SIP profiles and numbers at providers.</summary>
    ProfilesRead,

    ProfilesWrite,

    /// <summary>Mutes, moves and removes members of rooms.</summary>
    RoomsControl,

    /// <summary>Uploads and removes prompts and music.</summary>
    SoundsWrite,

    /// <summary>What calls may cost and where they may go.</summary>
    TollWrite,

    /// <summary>The SIP messages of calls.</summary>
    TracesRead,

    WebhooksRead,

    WebhooksWrite,

    /// <summary>People who sign in, and their sessions.</summary>
    UsersWrite,

    /// <summary>API tokens.</summary>
    TokensWrite,

    /// <summary>Who did what.</summary>
    AuditRead,

    /// <summary>Settings of the tenant.</summary>
    SettingsWrite,

    /// <summary>Makes, changes and removes tenants.</summary>
    TenantsWrite,

    /// <summary>Numbers of the whole server, bans, the state of its parts.</summary>
    SystemRead,

    /// <summary>Lifts bans, clears tables.</summary>
    SystemWrite,

    /// <summary>Listens to calls, whispers, barges in, takes them over.</summary>
    MonitorCalls,

    /// <summary>Follows events as they happen.</summary>
    EventsRead,

    /// <summary>Messages of voicemail and their sound.</summary>
    VoicemailRead,

    /// <summary>Marks and deletes messages, sets PINs and greetings.</summary>
    VoicemailWrite,

    /// <summary>Queues, who waits in them and who serves them.</summary>
    QueuesRead,

    /// <summary>Makes, changes and removes queues; logs agents in and out.</summary>
    QueuesWrite,

    /// <summary>Menus, and how often their steps were taken.</summary>
    IvrRead,

    /// <summary>Makes, changes and removes menus; sees the secret of their requests.</summary>
    IvrWrite,

    /// <summary>Where calls go: rules, ring groups, calendars, forwards of extensions, and why a call would go where it goes.</summary>
    RoutingRead,

    RoutingWrite,
}
